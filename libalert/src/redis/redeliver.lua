-- Puts a message back into its queue, whatever became of it, with its attempts counted anew.
-- KEYS  notification, outbox queue, dead, stats.  ARGV  id, channel.  Gives 1, or 0 when unknown.
local call = redis.call
if call('EXISTS', KEYS[1]) == 0 then return 0 end
local time = call('TIME')
call('SETRANGE', KEYS[1], 0, 'p')
call('SETRANGE', KEYS[1], 3, '00000')
call('PERSIST', KEYS[1])
call('ZADD', KEYS[2], string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000)), ARGV[1])
if call('ZREM', KEYS[3], ARGV[1]) == 1 then call('HINCRBY', KEYS[4], 'dead:' .. ARGV[2], -1) end
return 1
