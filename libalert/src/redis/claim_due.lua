-- Claims what is due in `wake`: always from -inf, and moves it ahead by the lease. A claim whose answer was lost is
-- made again under its name: what it leased, and nobody moved since, is first due again as it was.
-- KEYS  wake, what the latest claim of this daemon leased.
-- ARGV  now if Redis's own clock is not to be trusted, else '', until, limit, lease in ms, prefix of case keys, name.
-- Gives Redis's now, head of the queue after the claim or '', then id, version, snapshot, head of each; a job
-- (~name) has '' for all three. The cases are known only here: their keys are built under the same hash tag.
local call = redis.call
local time = call('TIME')
local redis_now = time[1] * 1000 + math.floor(time[2] / 1000)
local now = tonumber(ARGV[1]) or redis_now

local latest = call('GET', KEYS[2])
latest = latest and cjson.decode(latest)
if latest and latest.claim == ARGV[6] then
    for id, score in pairs(latest.due) do
        if tonumber(call('ZSCORE', KEYS[1], id) or '') == tonumber(latest.lease) then call('ZADD', KEYS[1], score, id) end
    end
end

local horizon = math.min(now, tonumber(ARGV[2]))
local ids = call('ZRANGEBYSCORE', KEYS[1], '-inf', horizon, 'WITHSCORES', 'LIMIT', 0, ARGV[3])
local result = {string.format('%.0f', redis_now), ''}
local moves, gone, due, lease = {}, {}, {}, string.format('%.0f', now + ARGV[4])
for i = 1, #ids, 2 do
    local id, kept = ids[i], {'', '', ''}
    if string.sub(id, 1, 1) ~= '~' then kept = redis.pcall('HMGET', ARGV[5] .. id, 'v', 's', 'h') end
    if kept.err then kept = {'', ''} end -- no hash: a case that cannot be read, and must not hold up the others
    if kept[1] and kept[2] then
        moves[#moves + 1] = lease
        moves[#moves + 1] = id
        due[id] = ids[i + 1]
        result[#result + 1] = id
        result[#result + 1] = kept[1]
        result[#result + 1] = kept[2]
        result[#result + 1] = kept[3] or ''
    else
        gone[#gone + 1] = id
    end
end
if #moves > 0 then
    call('ZADD', KEYS[1], 'XX', unpack(moves))
    call('SET', KEYS[2], cjson.encode({claim = ARGV[6], lease = lease, due = due}), 'PX', ARGV[4])
end
if #gone > 0 then call('ZREM', KEYS[1], unpack(gone)) end
local head = call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
if head[2] then result[2] = string.format('%.0f', tonumber(head[2])) end
return result
