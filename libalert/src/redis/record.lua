-- A piece of a case's record, and the head that lies beside it, at one instant.
-- KEYS  case, log.  ARGV  first and last entry, counted from 0.
-- Gives {version, head}, each nil when it is not there, and the entries.
return {redis.call('HMGET', KEYS[1], 'v', 'h'), redis.call('LRANGE', KEYS[2], ARGV[1], ARGV[2])}
