import { script } from './script.ts';

/**
 * Writes fields of a screen and keeps the lists by tag in step. The keys of the tags that it had are
 * known only here; all of these keys carry one hash tag.
 */
export const WRITE_SCREEN = script(`
local screen, screens = KEYS[1], KEYS[2]
local id, mustExist, tagPrefix, tags = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
if mustExist == '1' and redis.call('EXISTS', screen) == 0 then return {} end
redis.call('ZADD', screens, 0, id)
redis.call('HSETNX', screen, 'displays', '[]')
redis.call('HSETNX', screen, 'tags', '[]')
for i = 5, #ARGV, 2 do redis.call('HSET', screen, ARGV[i], ARGV[i + 1]) end
if tags ~= '' then
  -- Only read: that cjson cannot write an empty list does no harm.
  for _, tag in ipairs(cjson.decode(redis.call('HGET', screen, 'tags'))) do
    redis.call('ZREM', tagPrefix .. tag, id)
  end
  for _, tag in ipairs(cjson.decode(tags)) do redis.call('ZADD', tagPrefix .. tag, 0, id) end
  redis.call('HSET', screen, 'tags', tags)
end
return redis.call('HGETALL', screen)
`);
