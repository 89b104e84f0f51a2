-- A case and a piece of its record at one instant, wherever it moves meanwhile.
-- KEYS  case, log.  ARGV  first and last entry, as LRANGE counts them.
-- Gives {version, snapshot, head, place in the archive}, each nil when it is not there, and the entries.
return {redis.call('HMGET', KEYS[1], 'v', 's', 'h', 'a'), redis.call('LRANGE', KEYS[2], ARGV[1], ARGV[2])}
