-- The open cases whose first due time lies nearest an instant: before it, the latest first, then after it, the
-- earliest first; and before all of them the one due first of all, which may come twice.
-- KEYS  index:open.  ARGV  instant, cases on either side at most, prefix of case keys.
-- Gives '' and '', then id, version, snapshot, head of each. Case keys are built under the same hash tag.
local call = redis.call
local result = {'', ''}
local function add(ids)
    for _, id in ipairs(ids) do
        local kept = redis.pcall('HMGET', ARGV[3] .. id, 'v', 's', 'h')
        if kept.err then kept = {'', ''} end -- no hash: a case that cannot be read, and does not hide the others
        if kept[1] and kept[2] then
            for _, value in ipairs({id, kept[1], kept[2], kept[3] or ''}) do result[#result + 1] = value end
        end
    end
end
add(call('ZRANGE', KEYS[1], 0, 0))
add(call('ZRANGE', KEYS[1], ARGV[1], '-inf', 'BYSCORE', 'REV', 'LIMIT', 0, ARGV[2]))
add(call('ZRANGE', KEYS[1], '(' .. ARGV[1], '+inf', 'BYSCORE', 'LIMIT', 0, ARGV[2]))
return result
