-- A request to a URL was answered: it counts from now on, for the platform counted it when it arrived; and
-- nothing goes for a while if the platform said so.
-- KEYS  the requests to the URL.  ARGV  now if Redis's own clock is not to be trusted, else '', name of the request,
-- how many it took, hold in ms or 0, the longest window in ms.
local call = redis.call
local time = call('TIME')
local now = tonumber(ARGV[1]) or time[1] * 1000 + math.floor(time[2] / 1000)
for i = 1, tonumber(ARGV[3]) do
    call('ZADD', KEYS[1], string.format('%.0f', now), i == 1 and ARGV[2] or ARGV[2] .. '/' .. i)
end
local hold = tonumber(ARGV[4])
if hold > 0 and now + hold > tonumber(call('ZSCORE', KEYS[1], 'hold') or 0) then
    call('ZADD', KEYS[1], string.format('%.0f', now + hold), 'hold')
end
call('PEXPIRE', KEYS[1], math.max(hold, tonumber(ARGV[5]), call('PTTL', KEYS[1])))
return 1
