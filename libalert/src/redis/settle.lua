-- Records how an attempt ended.
-- KEYS  notification, outbox queue, dead, stats.
-- ARGV  id, channel, outcome (d delivered, x dead, p again later, s a dead letter that was overtaken), attempts as five digits, next attempt
--       in ms, last error or '', retention in ms.
-- Whoever settles last does not undo a delivery, and what was overtaken is not tried again.
local call = redis.call
local state = call('GETRANGE', KEYS[1], 0, 0)
if state == '' then
    call('ZREM', KEYS[2], ARGV[1])
    return 0
end
local outcome = ARGV[3]
if outcome ~= 'd' then
    local ended = state == 'd' or state == 's' or state == 'x'
    if ended and not (state == 'x' and outcome == 's') then return 1 end
    if state == 'o' then outcome = 's' end
end
if ARGV[6] ~= '' then
    local value = call('GET', KEYS[1])
    local body = string.find(value, '\n', 1, true)
    call('SET', KEYS[1], string.sub(value, 1, 23) .. ARGV[6] .. string.sub(value, body))
end
call('SETRANGE', KEYS[1], 0, outcome)
call('SETRANGE', KEYS[1], 3, ARGV[4])
if outcome == 'p' then
    call('ZADD', KEYS[2], ARGV[5], ARGV[1])
    return 1
end
call('ZREM', KEYS[2], ARGV[1])
if outcome == 'x' then
    local time = call('TIME')
    call('ZADD', KEYS[3], time[1] * 1000 + math.floor(time[2] / 1000), ARGV[1])
    call('HINCRBY', KEYS[4], 'dead:' .. ARGV[2], 1)
    return 1
end
call('PEXPIRE', KEYS[1], ARGV[7])
if state == 'x' and call('ZREM', KEYS[3], ARGV[1]) == 1 then
    call('HINCRBY', KEYS[4], 'dead:' .. ARGV[2], -1)
end
return 1
