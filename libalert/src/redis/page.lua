-- One page of an index: the open cases by due time, or all others, latest start first.
-- KEYS  index:open, index:all.  ARGV  'open' or 'others', limit, prefix of case keys, score and id after
-- which to go on ('' and '' at the beginning).
-- Gives score and id of the last one looked at ('' at the end), then id, version, snapshot, head of each.
-- Case keys are built under the same hash tag.
local call = redis.call
local open = ARGV[1] == 'open'
local index, rank, range = KEYS[1], 'ZRANK', 'ZRANGE'
if not open then index, rank, range = KEYS[2], 'ZREVRANK', 'ZREVRANGE' end
local start = 0
if ARGV[5] ~= '' then
    local score = call('ZSCORE', index, ARGV[5])
    if score and tonumber(score) == tonumber(ARGV[4]) then
        start = call(rank, index, ARGV[5]) + 1
    elseif open then -- moved or gone since: from its former place, rather twice than never
        start = call('ZCOUNT', index, '-inf', '(' .. ARGV[4])
    else
        start = call('ZCOUNT', index, '(' .. ARGV[4], '+inf')
    end
end
local limit = tonumber(ARGV[2])
local found = call(range, index, start, start + limit - 1, 'WITHSCORES')
local result = {'', ''}
if #found == 2 * limit then result = {found[#found], found[#found - 1]} end
for i = 1, #found, 2 do
    if open or not call('ZSCORE', KEYS[1], found[i]) then
        local kept = redis.pcall('HMGET', ARGV[3] .. found[i], 'v', 's', 'h')
        if kept.err then kept = {'', ''} end -- no hash: a case that cannot be read, and does not hide the others
        if kept[1] and kept[2] then
            result[#result + 1] = found[i]
            result[#result + 1] = kept[1]
            result[#result + 1] = kept[2]
            result[#result + 1] = kept[3] or ''
        end
    end
end
return result
