-- Makes who asks the owner of a journal's mark. Whoever owned it before, and lives, learns of it with his next move.
-- KEYS  journals, journals:owners, journals:telling
-- ARGV  journal, owner
-- Gives the mark, empty when there is none.
local call = redis.call
local mark = call('HGET', KEYS[1], ARGV[1]) or ''
call('HSET', KEYS[2], ARGV[1], ARGV[2])
call('ZREM', KEYS[3], ARGV[1])
return mark
