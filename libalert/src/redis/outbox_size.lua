-- How much waits for one channel, and since when.
-- KEYS  the channel's queues.  ARGV  prefix of notification keys, how many of each queue to look at.
-- Scores are next attempts, so the age is read from the messages; of a longer queue the first ones count.
-- Their keys are built under the same hash tag.
local size, oldest = 0, nil
for _, queue in ipairs(KEYS) do
    size = size + redis.call('ZCARD', queue)
    for _, id in ipairs(redis.call('ZRANGE', queue, 0, ARGV[2] - 1)) do
        local created = tonumber(redis.call('GETRANGE', ARGV[1] .. id, 9, 21))
        if created and (not oldest or created < oldest) then oldest = created end
    end
end
return {size, oldest and string.format('%.0f', oldest) or ''}
