import { COMMANDS, ENDING, HOLDING, LISTS } from './parts.ts';
import { script } from './script.ts';

/**
 * Ends a command once, and answers again what this very call did. A dead one becomes a dead letter: an
 * entry of a stream that other tools can read.
 */
export const SETTLE = script(
  LISTS,
  COMMANDS,
  HOLDING,
  ENDING,
  `
local id, state, at, entry, failure = ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local evidence, attempt, from, screenId = ARGV[7], ARGV[8], ARGV[9], ARGV[10]
local holder, code, call = ARGV[11], ARGV[12], ARGV[13]
local command = read(id)
if not command then return { 0, {} } end
if command.state == state and command.movedBy == call then
  return { 1, redis.call('HGETALL', KEYS[7]) }
end
if not has(from, command.state)
  or (screenId ~= '' and screenId ~= command.screenId)
  or not mayDecide(command.screenId, holder)
then
  return { 0, redis.call('HGETALL', KEYS[7]) }
end
local after = finish(command, state, at, entry, failure, evidence, attempt)
redis.call('HSET', KEYS[7], 'movedBy', call)
if state == 'dead' then
  -- By the time of its end, so that the streams of all partitions can be read as one; where a later
  -- one came first, by the time of Redis.
  local letter = { 'id', id, 'screenId', command.screenId, 'type', command.type, 'code', code,
    'at', at, 'command', asJson(command) }
  local entryId = redis.pcall('XADD', letters, at .. '-*', unpack(letter))
  if type(entryId) == 'table' then entryId = redis.call('XADD', letters, '*', unpack(letter)) end
  redis.call('HSET', letterIndex, id, entryId)
end
redis.call('PUBLISH', newsChannel(command.screenId),
  '{"kind":"settled","id":' .. cjson.encode(id) .. '}')
return { 1, after }
`,
);
