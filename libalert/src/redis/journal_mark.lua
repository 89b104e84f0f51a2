-- Moves the mark of a journal, unless it is another one than expected: then something was lost here.
-- KEYS  journals, journals:telling
-- ARGV  journal, expected, next, for how many ms it is being told again. Empty: no mark; do not move it; not told.
-- Gives the mark as it was, empty when there was none, and 1 when another journal is being told again.
local call = redis.call
local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local found = call('HGET', KEYS[1], ARGV[1]) or ''
if found == ARGV[2] and ARGV[3] ~= '' and ARGV[3] ~= found then call('HSET', KEYS[1], ARGV[1], ARGV[3]) end
if ARGV[4] ~= '' then
    call('ZADD', KEYS[2], now + ARGV[4], ARGV[1])
    call('PEXPIRE', KEYS[2], 60000)
elseif call('ZSCORE', KEYS[2], ARGV[1]) then
    call('ZREM', KEYS[2], ARGV[1])
end
local others = 0
for _, other in ipairs(call('ZRANGEBYSCORE', KEYS[2], now, '+inf')) do
    if other ~= ARGV[1] then others = 1 end
end
return {found, others}
