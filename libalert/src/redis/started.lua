-- Ids of cases by their start, from one instant to another, the second not included.
-- KEYS  index:all.  ARGV  from, to, limit, score and id after which to go on ('' and '' at the beginning).
-- Gives id, score, id, score, ... A place is found by id, so that what joins before it hides nothing.
local call, index = redis.call, KEYS[1]
local start = call('ZCOUNT', index, '-inf', '(' .. ARGV[1])
if ARGV[5] ~= '' then
    local score = call('ZSCORE', index, ARGV[5])
    if score and tonumber(score) == tonumber(ARGV[4]) then
        start = call('ZRANK', index, ARGV[5]) + 1
    else -- moved since: all of its former instant again, rather twice than never
        start = math.max(start, call('ZCOUNT', index, '-inf', '(' .. ARGV[4]))
    end
end
local stop = call('ZCOUNT', index, '-inf', '(' .. ARGV[2])
if start >= stop then return {} end
return call('ZRANGE', index, start, math.min(stop, start + tonumber(ARGV[3])) - 1, 'WITHSCORES')
