-- Ids of cases by their start, from one instant to another, the second not included; both those that are here and
-- those that were archived, in one order, so that a case which leaves meanwhile is met once.
-- KEYS  index:all, index:archived.  ARGV  from, to, limit, score and id after which to go on ('' and '' at the
-- beginning).
-- Gives id, score, id, score, ... A place is found by id, so that what joins before it hides nothing.
local call, limit = redis.call, tonumber(ARGV[3])

-- By bytes, as Redis orders; Lua's own comparison goes by the locale.
local function before(a, b)
    for i = 1, math.min(#a, #b) do
        local x, y = string.byte(a, i), string.byte(b, i)
        if x ~= y then return x < y end
    end
    return #a < #b
end

local function page_of(index)
    local start = call('ZCOUNT', index, '-inf', '(' .. ARGV[1])
    if ARGV[5] ~= '' then
        local score = call('ZSCORE', index, ARGV[5])
        if score and tonumber(score) == tonumber(ARGV[4]) then
            start = call('ZRANK', index, ARGV[5]) + 1
        else
            start = math.max(start, call('ZCOUNT', index, '-inf', '(' .. ARGV[4]))
            for _, id in ipairs(call('ZRANGEBYSCORE', index, ARGV[4], ARGV[4])) do
                if not before(id, ARGV[5]) then break end
                start = start + 1
            end
        end
    end
    local stop = math.min(call('ZCOUNT', index, '-inf', '(' .. ARGV[2]), start + limit)
    if start >= stop then return {} end
    return call('ZRANGE', index, start, stop - 1, 'WITHSCORES')
end

local here, archived, result = page_of(KEYS[1]), page_of(KEYS[2]), {}
local h, a = 1, 1
while #result < 2 * limit and (here[h] or archived[a]) do
    local first = not archived[a]
    if here[h] and archived[a] then
        local x, y = tonumber(here[h + 1]), tonumber(archived[a + 1])
        first = x < y or (x == y and before(here[h], archived[a]))
    end
    if first then
        result[#result + 1], result[#result + 2] = here[h], here[h + 1]
        h = h + 2
    else
        result[#result + 1], result[#result + 2] = archived[a], archived[a + 1]
        a = a + 2
    end
end
return result
