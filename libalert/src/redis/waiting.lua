-- One page of the wake queue: which cases wait, until when, in which version. Moves nothing.
-- KEYS  wake.  ARGV  first rank, last rank, prefix of case keys.
-- Gives how many wait, then id, score, version of each case; jobs (~name) and what cannot be read are left out.
-- Case keys are built under the same hash tag.
local call = redis.call
local result = {tostring(call('ZCARD', KEYS[1]))}
local found = call('ZRANGE', KEYS[1], ARGV[1], ARGV[2], 'WITHSCORES')
for i = 1, #found, 2 do
    if string.sub(found[i], 1, 1) ~= '~' then
        local kept = redis.pcall('HMGET', ARGV[3] .. found[i], 'v')
        if not kept.err and kept[1] then
            result[#result + 1] = found[i]
            result[#result + 1] = string.format('%.0f', tonumber(found[i + 1]))
            result[#result + 1] = kept[1]
        end
    end
end
return result
