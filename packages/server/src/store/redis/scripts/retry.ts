import { COMMANDS, HOLDING, LISTS } from './parts.ts';
import { script } from './script.ts';

/** Notes a failed attempt: the command waits for the next one. Answers again what this very call did. */
export const RETRY = script(
  LISTS,
  COMMANDS,
  HOLDING,
  `
local id, unsettled, attempt, notBefore = ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local failure, entry, holder, call = ARGV[6], ARGV[7], ARGV[8], ARGV[9]
local command = read(id)
if not command or not has(unsettled, command.state) then return false end
local ahead = tonumber(attempt) - tonumber(command.attempt)
if ahead == 0 and command.state == 'queued' then
  return command.movedBy == call and redis.call('HGETALL', KEYS[7])
end
if ahead < 0 then return false end
if not mayDecide(command.screenId, holder) then return false end
redis.call('ZREM', inFlight, id)
redis.call('ZADD', waiting, command.expiresAt, id)
redis.call('HSET', KEYS[7], 'state', 'queued', 'attempt', attempt, 'notBefore', notBefore,
  'error', failure, 'history', grown(command.history, entry), 'movedBy', call)
return redis.call('HGETALL', KEYS[7])
`,
);
