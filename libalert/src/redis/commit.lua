-- Commits one Transition, or writes nothing. No business rules: compare, write, return.
-- KEYS  wake, index:open, index:all, stats, changed, changes; case and log of each case; one per event;
--       notification and outbox queue of each notification; one per overtaken notification; one per matter
--       named; if any are redelivered, dead, then notification and outbox queue of each.
-- ARGV  numbers of cases, events, notifications, overtaken, counters; outbox prefix; retention in ms;
--       per case: id, expected version, next version, snapshot, head, wake, open due, started, matter
--       mark, number of log entries; then all log entries; per event its value; per notification id,
--       created, value; per overtaken id, channel; per counter field, delta; per redelivered id, channel.
--       An empty time means: none.
-- Gives c (committed), x (a conflict) or n (what is to be redelivered is not dead), and the time.
-- Everything that can refuse comes before the first write; storing the events is the last question and the
-- first write in one. The queue of an overtaken message is known only from its value: its key is built from
-- the prefix, under the same hash tag.
local call = redis.call
local cases, events = tonumber(ARGV[1]), tonumber(ARGV[2])
local notifications, overtaken, counters = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local stamp = string.format('%.0f', now)
local first_event = 7 + 2 * cases
local matter = first_event + events + 2 * notifications + overtaken

for i = 0, cases - 1 do
    if (call('HGET', KEYS[7 + 2 * i], 'v') or '0') ~= ARGV[9 + 10 * i] then return 'x' .. stamp end
    call('LRANGE', KEYS[8 + 2 * i], 1, 0) -- nothing of it: refuses what is no record
    local mark = ARGV[16 + 10 * i]
    if mark == 'free' then
        local holder = call('ZRANGE', KEYS[matter], 0, 0)[1]
        if holder and holder ~= ARGV[8 + 10 * i] then return 'x' .. stamp end
    end
    if mark ~= '' then matter = matter + 1 end
end
for again = matter + 1, #KEYS, 2 do
    if call('GETRANGE', KEYS[again], 0, 0) ~= 'x' then return 'n' .. stamp end
end
local at = 8 + 10 * cases
for i = 0, cases - 1 do at = at + ARGV[17 + 10 * i] end -- behind the log entries
if events == 1 then
    if not call('SET', KEYS[first_event], ARGV[at], 'NX') then return 'x' .. stamp end
elseif events > 1 then
    local told = {}
    for i = 0, events - 1 do
        told[2 * i + 1] = KEYS[first_event + i]
        told[2 * i + 2] = ARGV[at + i]
    end
    if call('MSETNX', unpack(told)) == 0 then return 'x' .. stamp end
end

local function place(key, score, id, is_new)
    if score ~= '' then call('ZADD', key, score, id) elseif not is_new then call('ZREM', key, id) end
end

at = 8 + 10 * cases
matter = first_event + events + 2 * notifications + overtaken
for i = 0, cases - 1 do
    local a = 8 + 10 * i
    local id, is_new, mark, entries = ARGV[a], ARGV[a + 1] == '0', ARGV[a + 8], tonumber(ARGV[a + 9])
    call('HSET', KEYS[7 + 2 * i], 'v', ARGV[a + 2], 's', ARGV[a + 3], 'h', ARGV[a + 4])
    local length = entries
    for from = at, at + entries - 1, 1000 do
        length = call('RPUSH', KEYS[8 + 2 * i], unpack(ARGV, from, math.min(from + 999, at + entries - 1)))
    end
    at = at + entries
    place(KEYS[1], ARGV[a + 5], id, is_new)
    place(KEYS[2], ARGV[a + 6], id, is_new)
    call('ZADD', KEYS[3], ARGV[a + 7], id)
    call('SADD', KEYS[5], id) -- until its head is anchored outside
    call('XADD', KEYS[6], 'MAXLEN', '~', 4000, '*', id, length - entries .. ' ' .. entries)
    if mark == 'gone' then
        call('ZREM', KEYS[matter], id)
    elseif mark ~= '' then
        call('ZADD', KEYS[matter], ARGV[a + 7], id) -- the one that started first holds it
    end
    if mark ~= '' then matter = matter + 1 end
end

at = at + events
local key = first_event + events
for _ = 1, notifications do
    -- The same id again is the same message: it waits, was sent or was overtaken already.
    if call('SET', KEYS[key], ARGV[at + 2], 'NX') then call('ZADD', KEYS[key + 1], ARGV[at + 1], ARGV[at]) end
    key, at = key + 2, at + 3
end
for _ = 1, overtaken do
    local head = call('GETRANGE', KEYS[key], 0, 1) -- state and urgency
    if string.sub(head, 1, 1) == 'p' then
        local queue = ARGV[6] .. ARGV[at + 1] .. ':' .. string.sub(head, 2, 2)
        local score = tonumber(call('ZSCORE', queue, ARGV[at]) or 0)
        if score % 1 ~= 0 and score > now then
            call('SETRANGE', KEYS[key], 0, 'o') -- being sent: no further attempt
        else
            call('ZREM', queue, ARGV[at])
            call('SETRANGE', KEYS[key], 0, 's')
            call('PEXPIRE', KEYS[key], ARGV[7])
        end
    end
    key, at = key + 1, at + 2
end
for _ = 1, counters do
    call('HINCRBY', KEYS[4], ARGV[at], ARGV[at + 1])
    at = at + 2
end
for again = matter + 1, #KEYS, 2 do
    call('SETRANGE', KEYS[again], 0, 'p')
    call('SETRANGE', KEYS[again], 3, '00000') -- attempts are counted anew
    call('ZADD', KEYS[again + 1], stamp, ARGV[at])
    if call('ZREM', KEYS[matter], ARGV[at]) == 1 then call('HINCRBY', KEYS[4], 'dead:' .. ARGV[at + 1], -1) end
    at = at + 2
end
return 'c' .. stamp
