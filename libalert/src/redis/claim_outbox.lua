-- Claims messages of one channel whose next attempt has come, most urgent queue first.
-- KEYS  the channel's queues, urgency 0 to 3.  ARGV  until, limit, lease in ms, prefix of notification
-- keys, retention in ms.
-- A leased message has half a millisecond in its score: a commit that overtakes it sees that it is under
-- way, without one more write per attempt. Gives now, next attempt after the claim or '', and the values.
-- The messages are known only here: their keys are built under the same hash tag.
local call = redis.call
local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local horizon, lease = math.min(now, tonumber(ARGV[1])) + 0.5, string.format('%.1f', now + ARGV[3] + 0.5)
local result, next_at, left = {string.format('%.0f', now), ''}, nil, tonumber(ARGV[2])
for _, queue in ipairs(KEYS) do
    local ids = {}
    if left > 0 then ids = call('ZRANGEBYSCORE', queue, '-inf', horizon, 'LIMIT', 0, left) end
    local moves, gone = {}, {}
    for _, id in ipairs(ids) do
        local value = call('GET', ARGV[4] .. id)
        local state = value and string.sub(value, 1, 1)
        if state == 'p' then
            moves[#moves + 1] = lease
            moves[#moves + 1] = id
            result[#result + 1] = value
            left = left - 1
        else
            gone[#gone + 1] = id
            if state == 'o' then -- overtaken while it was under way, and whoever sent it is gone
                call('SETRANGE', ARGV[4] .. id, 0, 's')
                call('PEXPIRE', ARGV[4] .. id, ARGV[5])
            end
        end
    end
    if #moves > 0 then call('ZADD', queue, 'XX', unpack(moves)) end
    if #gone > 0 then call('ZREM', queue, unpack(gone)) end
    local head = call('ZRANGE', queue, 0, 0, 'WITHSCORES')
    if head[2] and (not next_at or tonumber(head[2]) < next_at) then next_at = tonumber(head[2]) end
end
if next_at then result[2] = string.format('%.0f', math.ceil(next_at)) end
return result
