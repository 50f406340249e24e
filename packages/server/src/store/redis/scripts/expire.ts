import { COMMANDS, ENDING, LISTS } from './parts.ts';
import { script } from './script.ts';

/**
 * Ends what waited past its time, and what was in flight past that and its grace. What this call
 * ended is kept for a while under its name: should the answer be lost, it is answered again.
 */
export const EXPIRE = script(
  LISTS,
  COMMANDS,
  ENDING,
  `
local now, inFlightUntil, limit, entry, failure = ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local expired, ids = {}, {}
local before = redis.call('GET', KEYS[7])
if before then
  for _, id in ipairs(cjson.decode(before)) do
    table.insert(expired, redis.call('HGETALL', commandKey(id)))
  end
  return expired
end
local function expire(list, before)
  local room = tonumber(limit) - #expired
  if room <= 0 then return end
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', list, '-inf', before, 'LIMIT', 0, room)) do
    local command = read(id)
    if command then
      table.insert(expired, finish(command, 'expired', now, entry, failure, '', ''))
      table.insert(ids, id)
      redis.call('PUBLISH', newsChannel(command.screenId),
        '{"kind":"settled","id":' .. cjson.encode(id) .. '}')
    else
      redis.call('ZREM', list, id)
    end
  end
end
expire(waiting, now)
expire(inFlight, inFlightUntil)
if #ids > 0 then redis.call('SET', KEYS[7], cjson.encode(ids), 'PX', ARGV[7]) end
return expired
`,
);
