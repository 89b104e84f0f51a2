-- Nothing goes to a URL for a while: its platform said so.
-- KEYS  the requests to the URL.  ARGV  length in ms.
local time = redis.call('TIME')
local free = time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[1]
if free > tonumber(redis.call('ZSCORE', KEYS[1], 'hold') or 0) then
    redis.call('ZADD', KEYS[1], string.format('%.0f', free), 'hold')
    redis.call('PEXPIRE', KEYS[1], math.max(tonumber(ARGV[1]), redis.call('PTTL', KEYS[1])))
end
return 1
