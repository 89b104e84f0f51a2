-- One page of the dead letters, the latest first.
-- KEYS  dead.  ARGV  limit, prefix of notification keys, score and id after which to go on ('' and '' at the
-- beginning).  Gives score and id of the last one looked at ('' at the end), then id, score, value of each.
-- Message keys are built under the same hash tag.
local call = redis.call
local start, limit = 0, tonumber(ARGV[1])
if ARGV[4] ~= '' then
    local score = call('ZSCORE', KEYS[1], ARGV[4])
    if score and tonumber(score) == tonumber(ARGV[3]) then
        start = call('ZREVRANK', KEYS[1], ARGV[4]) + 1
    else -- sent again since: from its former place, rather twice than never
        start = call('ZCOUNT', KEYS[1], '(' .. ARGV[3], '+inf')
    end
end
local found = call('ZREVRANGE', KEYS[1], start, start + limit - 1, 'WITHSCORES')
local result = {'', ''}
if #found == 2 * limit then result = {found[#found], found[#found - 1]} end
for i = 1, #found, 2 do
    result[#result + 1] = found[i]
    result[#result + 1] = found[i + 1]
    result[#result + 1] = call('GET', ARGV[2] .. found[i]) or ''
end
return result
