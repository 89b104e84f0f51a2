-- Takes cases whose heads were anchored from the changed ones, unless their records grew since.
-- KEYS  changed; the cases.  ARGV  per case id, anchored head ('' for none).
local call = redis.call
for i = 2, #KEYS do
    local at = 2 * i - 3
    if (call('HGET', KEYS[i], 'h') or '') == ARGV[at + 1] then call('SREM', KEYS[1], ARGV[at]) end
end
return 'OK'
