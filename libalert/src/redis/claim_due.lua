-- Claims what is due in `wake`: always from -inf, and moves it ahead by the lease.
-- KEYS  wake.  ARGV  until, limit, lease in ms, prefix of case keys.
-- Gives now, head of the queue after the claim or '', then id, version, snapshot, head of each; a job
-- (~name) has '' for all three. The cases are known only here: their keys are built under the same hash tag.
local call = redis.call
local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local ids = call('ZRANGEBYSCORE', KEYS[1], '-inf', math.min(now, tonumber(ARGV[1])), 'LIMIT', 0, ARGV[2])
local result = {string.format('%.0f', now), ''}
local moves, gone, lease = {}, {}, string.format('%.0f', now + ARGV[3])
for _, id in ipairs(ids) do
    local kept = {'', '', ''}
    if string.sub(id, 1, 1) ~= '~' then kept = redis.pcall('HMGET', ARGV[4] .. id, 'v', 's', 'h') end
    if kept.err then kept = {'', ''} end -- no hash: a case that cannot be read, and must not hold up the others
    if kept[1] and kept[2] then
        moves[#moves + 1] = lease
        moves[#moves + 1] = id
        result[#result + 1] = id
        result[#result + 1] = kept[1]
        result[#result + 1] = kept[2]
        result[#result + 1] = kept[3] or ''
    else
        gone[#gone + 1] = id
    end
end
if #moves > 0 then call('ZADD', KEYS[1], 'XX', unpack(moves)) end
if #gone > 0 then call('ZREM', KEYS[1], unpack(gone)) end
local head = call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
if head[2] then result[2] = string.format('%.0f', tonumber(head[2])) end
return result
