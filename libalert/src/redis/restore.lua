-- Puts an archived case back as it was, unless somebody did.
-- KEYS  case, log, index:all, index:archived, then its events.  ARGV  id, version, snapshot, per event its value, then
-- the entries of the record.
-- Gives 1, or 0: nothing was written.
local call = redis.call
if call('HGET', KEYS[1], 'v') ~= 'a' .. ARGV[2] then return 0 end
for i = 5, #KEYS do -- those that expired are known again, the others do not expire any more
    call('SET', KEYS[i], ARGV[i - 1], 'NX')
    call('PERSIST', KEYS[i])
end
call('UNLINK', KEYS[2])
for from = #KEYS, #ARGV, 1000 do call('RPUSH', KEYS[2], unpack(ARGV, from, math.min(from + 999, #ARGV))) end
call('HSET', KEYS[1], 'v', ARGV[2], 's', ARGV[3])
call('HDEL', KEYS[1], 'a')
local started = call('ZSCORE', KEYS[4], ARGV[1]) or '0'
call('ZREM', KEYS[4], ARGV[1])
call('ZADD', KEYS[3], started, ARGV[1])
return 1
