-- Moves the lease of a message whose sending goes on.
-- KEYS  outbox queue, notification.  ARGV  now if Redis's own clock is not to be trusted, else '', id, lease in ms.
-- Gives 1, or 0 when it waits there no longer or was overtaken: whatever becomes of this attempt, there is no other.
local time = redis.call('TIME')
if redis.call('GETRANGE', KEYS[2], 0, 0) ~= 'p' then return 0 end
if not redis.call('ZSCORE', KEYS[1], ARGV[2]) then return 0 end
local now = tonumber(ARGV[1]) or time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', KEYS[1], 'XX', string.format('%.1f', now + ARGV[3] + 0.5), ARGV[2])
return 1
