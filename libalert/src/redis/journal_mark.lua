-- Moves the mark of a journal for its owner, unless it is another one than expected: then something was lost here.
-- KEYS  journals, journals:owners, journals:telling
-- ARGV  journal, owner, expected, next, for how many ms it is being told again. Empty: no mark; do not move it; not told.
-- Gives the mark as it was, empty when there was none, who owns it, empty when nobody does, and 1 when another journal is
-- being told again.
local call = redis.call
local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local found = call('HGET', KEYS[1], ARGV[1]) or ''
local owner = call('HGET', KEYS[2], ARGV[1])
if owner == ARGV[2] then
    if found == ARGV[3] and ARGV[4] ~= '' and ARGV[4] ~= found then call('HSET', KEYS[1], ARGV[1], ARGV[4]) end
    if ARGV[5] ~= '' then
        call('ZADD', KEYS[3], now + ARGV[5], ARGV[1])
        call('PEXPIRE', KEYS[3], 60000)
    elseif call('ZSCORE', KEYS[3], ARGV[1]) then
        call('ZREM', KEYS[3], ARGV[1])
    end
end
local others = 0
for _, other in ipairs(call('ZRANGEBYSCORE', KEYS[3], now, '+inf')) do
    if other ~= ARGV[1] then others = 1 end
end
return {found, owner or '', others}
