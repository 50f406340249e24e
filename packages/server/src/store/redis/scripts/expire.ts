import { COMMANDS, ENDING, LISTS } from './parts.ts';
import { script } from './script.ts';

/** Ends what waited past its time, and what was in flight past that and its grace. */
export const EXPIRE = script(
  LISTS,
  COMMANDS,
  ENDING,
  `
local now, inFlightUntil, limit, entry, failure = ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local expired = {}
local function expire(list, before)
  local room = tonumber(limit) - #expired
  if room <= 0 then return end
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', list, '-inf', before, 'LIMIT', 0, room)) do
    local command = read(id)
    if command then
      table.insert(expired, finish(command, 'expired', now, entry, failure, '', ''))
      redis.call('PUBLISH', newsChannel(command.screenId),
        '{"kind":"settled","id":' .. cjson.encode(id) .. '}')
    else
      redis.call('ZREM', list, id)
    end
  end
end
expire(waiting, now)
expire(inFlight, inFlightUntil)
return expired
`,
);
