import { COMMANDS, LISTS } from './parts.ts';
import { script } from './script.ts';

/** Notes how far commands have come: those of KEYS from the 7th on, with five arguments for each. */
export const MARK = script(
  LISTS,
  COMMANDS,
  `
local unsettled = ARGV[2]
for i = 7, #KEYS do
  local first = 3 + (i - 7) * 5
  local id, state, attempt, entry, from = unpack(ARGV, first, first + 4)
  local is = redis.call('HMGET', KEYS[i], 'state', 'attempt', 'history', 'expiresAt')
  if is[1] and has(unsettled, is[1]) then
    local ahead = tonumber(attempt) - tonumber(is[2])
    if ahead > 0 or (ahead == 0 and has(from, is[1])) then
      redis.call('ZREM', waiting, id)
      redis.call('ZADD', inFlight, is[4], id)
      redis.call('HSET', KEYS[i], 'state', state, 'attempt', attempt,
        'history', grown(is[3], entry))
    end
  end
end
return 'OK'
`,
);
