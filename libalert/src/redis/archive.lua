-- Lets go of a case that is safe in a file, if it is still the one that was written and owes nothing. What stays
-- is a note of where it is; its version is then none that a commit expects, so the case cannot be opened anew.
-- KEYS  case, log, index:all, index:archived, index:open, wake.  ARGV  id, version, place.
-- Gives 1, or 0: nothing was written.
local call = redis.call
if call('HGET', KEYS[1], 'v') ~= ARGV[2] then return 0 end
if call('ZSCORE', KEYS[5], ARGV[1]) or call('ZSCORE', KEYS[6], ARGV[1]) then return 0 end
local started = call('ZSCORE', KEYS[3], ARGV[1]) or '0'
call('HSET', KEYS[1], 'v', 'a' .. ARGV[2], 'a', ARGV[3])
call('HDEL', KEYS[1], 's')
call('UNLINK', KEYS[2])
call('ZREM', KEYS[3], ARGV[1])
call('ZADD', KEYS[4], started, ARGV[1])
return 1
