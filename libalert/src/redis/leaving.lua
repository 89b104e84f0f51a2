-- One page of cases that started before an instant and owe nothing: neither open nor waiting for anything.
-- KEYS  index:all, index:open, wake.  ARGV  before, cases at most, ids looked at at most, prefix of case keys,
-- score and id after which to go on ('' and '' at the beginning).
-- Gives score and id of the last one looked at ('' at the end), then id, score, version, snapshot, head of each.
-- Case keys are built under the same hash tag.
local call, index = redis.call, KEYS[1]
local start = 0
if ARGV[6] ~= '' then
    local score = call('ZSCORE', index, ARGV[6])
    if score and tonumber(score) == tonumber(ARGV[5]) then
        start = call('ZRANK', index, ARGV[6]) + 1
    else -- it left: all of its instant again, rather twice than never
        start = call('ZCOUNT', index, '-inf', '(' .. ARGV[5])
    end
end
local stop = call('ZCOUNT', index, '-inf', '(' .. ARGV[1])
local result = {'', ''}
if start >= stop then return result end
local looked = call('ZRANGE', index, start, math.min(stop, start + tonumber(ARGV[3])) - 1, 'WITHSCORES')
local found = 0
for i = 1, #looked, 2 do
    local id, score = looked[i], looked[i + 1]
    if not call('ZSCORE', KEYS[2], id) and not call('ZSCORE', KEYS[3], id) then
        local kept = redis.pcall('HMGET', ARGV[4] .. id, 'v', 's', 'h')
        if not kept.err and kept[1] and kept[2] then
            for _, value in ipairs({id, score, kept[1], kept[2], kept[3] or ''}) do result[#result + 1] = value end
            found = found + 1
        end
    end
    if found == tonumber(ARGV[2]) or (i + 1 == #looked and start + #looked / 2 < stop) then
        result[1], result[2] = score, id
        return result
    end
end
return result
