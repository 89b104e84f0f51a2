-- Claims messages of one channel whose next attempt has come, most urgent queue first. A claim whose answer was lost
-- is made again under its name: what it leased, and nobody moved since, first waits again as it did, not requested.
-- KEYS  the channel's queues, urgency 0 to 3; what the latest claim of this daemon leased there; if its URL has a limit
-- the requests to it, and what it was told alone.
-- ARGV  now if Redis's own clock is not to be trusted, else '', until, limit, lease in ms, prefix of notification
-- keys, retention in ms, a name, which that of the request is; with a URL's limit of how many one is kept for what
-- travels alone, among how many that is looked for, for how many ms the URL knows it, then how many and in how many
-- ms for each window, the longest window last.
-- A leased message has half a millisecond in its score: a commit that overtakes it sees that it is under
-- way, without one more write per attempt. Gives Redis's now, next attempt after the claim or '', the end of a hold
-- or '', and the values; with a limit that next attempt has `!` before it while something is due that a
-- full window holds up. In a hold the values are those of queue 0, which no request is counted for.
-- With a limit all that is given goes out in one request, which is counted here: one message that travels
-- alone, or one while there is room for all that wait, else as many as may travel together.
-- The messages are known only here: their keys are built under the same hash tag.
local call = redis.call
local time = call('TIME')
local redis_now = time[1] * 1000 + math.floor(time[2] / 1000)
local now = tonumber(ARGV[1]) or redis_now
local horizon, lease = math.min(now, tonumber(ARGV[2])) + 0.5, string.format('%.1f', now + ARGV[4] + 0.5)
local result, next_at, left = {string.format('%.0f', redis_now), '', ''}, nil, tonumber(ARGV[3])
local url, told_alone = KEYS[6], KEYS[7]
local free_at, alone, matter, held, full, mark = nil, nil, nil, nil, false, ''

local latest = call('GET', KEYS[5])
latest = latest and cjson.decode(latest)
if latest and latest.claim == ARGV[7] then
    for id, was in pairs(latest.due) do
        local queue = KEYS[was[1]]
        if tonumber(call('ZSCORE', queue, id) or '') == tonumber(latest.lease) then call('ZADD', queue, was[2], id) end
    end
    if url then call('ZREM', url, ARGV[7]) end
    if latest.matter then call('ZREM', told_alone, latest.matter) end
end

-- When the URL takes a request again, nil for now; and how many it takes now. All of them are only for what
-- travels alone.
local function room_of_url()
    local room, free = math.huge, tonumber(call('ZSCORE', url, 'hold') or '')
    if free and free <= now then
        call('ZREM', url, 'hold')
        free = nil
    end
    held = free
    if held then result[3] = string.format('%.0f', held) end
    call('ZREMRANGEBYSCORE', url, '-inf', string.format('%.0f', now - ARGV[#ARGV]))
    for i = 11, #ARGV, 2 do
        local count, length = tonumber(ARGV[i]), tonumber(ARGV[i + 1])
        if not alone then count = count - math.floor(count / ARGV[8]) end
        local sent = call('ZCOUNT', url, string.format('(%.0f', now - length), string.format('%.0f', now))
        room = math.min(room, count - sent)
        if sent >= count then
            local last = call('ZREVRANGEBYSCORE', url, string.format('%.0f', now), '-inf', 'WITHSCORES', 'LIMIT', count - 1, 1)
            free, full = math.max(free or 0, last[2] + length), true
        end
    end
    return free, room
end

-- The first of the most urgent that travels alone, and what it tells. Several channels may lead to one URL:
-- what that was not told yet goes before what it would be told again.
local function first_alone()
    local again, told
    call('ZREMRANGEBYSCORE', told_alone, '-inf', string.format('%.0f', now - ARGV[10]))
    for _, id in ipairs(call('ZRANGEBYSCORE', KEYS[1], '-inf', horizon, 'LIMIT', 0, ARGV[9])) do
        if call('GETRANGE', ARGV[5] .. id, 2, 2) == '!' then
            local message = cjson.decode(string.match(call('GET', ARGV[5] .. id), '\n(.*)'))
            local tells = message.r .. ' ' .. (message.c and message.c.id or id)
            if not call('ZSCORE', told_alone, tells) then return id, tells end
            if not again then again, told = id, tells end
        end
    end
    return again, told
end

if url then
    local room
    alone, matter = first_alone()
    free_at, room = room_of_url()
    if free_at then
        alone = nil
        if not held then left = 0 end
    else
        local waiting = 0
        for i = 1, 4 do waiting = waiting + call('ZCOUNT', KEYS[i], '-inf', horizon) end
        if waiting <= room then left = 1 end
    end
end

local due, leased = {}, false
for i = 1, 4 do
    local queue, ids = KEYS[i], {}
    if alone then
        if i == 1 then ids = {alone, call('ZSCORE', queue, alone)} end
    elseif left > 0 and (i == 1 or not held) then
        ids = call('ZRANGEBYSCORE', queue, '-inf', horizon, 'WITHSCORES', 'LIMIT', 0, left)
    end
    local moves, gone = {}, {}
    for at = 1, #ids, 2 do
        local id = ids[at]
        local value = call('GET', ARGV[5] .. id)
        local state = value and string.sub(value, 1, 1)
        if state == 'p' then
            moves[#moves + 1] = lease
            moves[#moves + 1] = id
            due[id], leased = {i, ids[at + 1]}, true
            result[#result + 1] = value
            left = left - 1
        else
            gone[#gone + 1] = id
            if state == 'o' then -- overtaken while it was under way, and whoever sent it is gone
                call('SETRANGE', ARGV[5] .. id, 0, 's')
                call('PEXPIRE', ARGV[5] .. id, ARGV[6])
            end
        end
    end
    if #moves > 0 then call('ZADD', queue, 'XX', unpack(moves)) end
    if #gone > 0 then call('ZREM', queue, unpack(gone)) end
    local head = call('ZRANGE', queue, 0, 0, 'WITHSCORES')
    if head[2] and (not next_at or tonumber(head[2]) < next_at) then next_at = tonumber(head[2]) end
end
if leased then
    call('SET', KEYS[5], cjson.encode({claim = ARGV[7], lease = lease, due = due, matter = alone and matter}), 'PX', ARGV[4])
end
if url and leased and not held then
    call('ZADD', url, string.format('%.0f', now), ARGV[7])
    call('PEXPIRE', url, math.max(tonumber(ARGV[#ARGV]), call('PTTL', url)))
    if alone then
        call('ZADD', told_alone, string.format('%.0f', now), matter)
        call('PEXPIRE', told_alone, ARGV[10])
    end
end
if next_at and free_at then
    if full and next_at <= now then mark = '!' end
    next_at = math.max(next_at, free_at)
end
if next_at then result[2] = mark .. string.format('%.0f', math.ceil(next_at)) end
return result
