/*
 * What the scripts share. JSON is put together as text and never decoded: cjson would turn [] into
 * {} and round numbers. Nor is tostring used on numbers, which would give 1.8e+15.
 *
 * The keys of commands and screens that only a script comes to know (what it supersedes, expires,
 * forgets) are made from the partition's tag, ARGV[1]. They carry the same hash tag as KEYS, so
 * they lie on the same node of a cluster.
 */

/** The keys that `Partition.lists` gives, and those that are made here. */
export const LISTS = `
local waiting, inFlight, ended = KEYS[1], KEYS[2], KEYS[3]
local letters, letterIndex, redriven = KEYS[4], KEYS[5], KEYS[6]
local tag = ARGV[1]

local function commandKey(id) return tag .. ':command:' .. id end
local function outboxKey(screenId) return tag .. ':outbox:' .. screenId end
local function slotKey(screenId, slot) return tag .. ':slot:' .. screenId .. '|' .. slot end
local function holderKey(screenId) return tag .. ':holder:' .. screenId end
local function newsChannel(screenId) return tag .. ':news:' .. screenId end
`;

/** A command as a table, lists of words as a,b,c, and a history that grows. */
export const COMMANDS = `
local function read(id)
  local flat = redis.call('HGETALL', commandKey(id))
  if #flat == 0 then return nil end
  local command = { id = id }
  for i = 1, #flat, 2 do command[flat[i]] = flat[i + 1] end
  return command
end

local function has(list, word)
  return string.find(',' .. list .. ',', ',' .. word .. ',', 1, true) ~= nil
end

local function grown(history, entry)
  return string.sub(history, 1, -2) .. ',' .. entry .. ']'
end

local function asJson(command)
  local json = string.sub(command.body, 1, -2)
    .. ',"state":"' .. command.state .. '","attempt":' .. command.attempt
    .. ',"notBefore":' .. command.notBefore .. ',"history":' .. command.history
  if command.settledAt then json = json .. ',"settledAt":' .. command.settledAt end
  if command.error then json = json .. ',"error":' .. command.error end
  if command.evidence then json = json .. ',"evidence":' .. command.evidence end
  return json .. '}'
end
`;

/** Whether a connection may still decide, as `mayDecide` in rules.ts says. */
export const HOLDING = `
local function mayDecide(screenId, holder)
  if holder == '' then return true end
  local current = redis.call('GET', holderKey(screenId))
  return not current or current == holder
end
`;

/**
 * Ends a command. What removes comes first: it is let through when Redis is out of memory, and the
 * rest of a script that has begun to write is, too. So what is in flight can end, while Redis
 * refuses new work.
 */
export const ENDING = `
local function finish(command, state, at, entry, failure, evidence, attempt)
  local key, id = commandKey(command.id), command.id
  redis.call('ZREM', waiting, id)
  redis.call('ZREM', inFlight, id)
  redis.call('ZREM', outboxKey(command.screenId), id)
  redis.call('ZREM', slotKey(command.screenId, command.slot), id)
  redis.call('HDEL', key, 'error', 'evidence')
  command.state, command.settledAt = state, at
  command.history = grown(command.history, entry)
  command.error = failure ~= '' and failure or nil
  command.evidence = evidence ~= '' and evidence or nil
  if attempt ~= '' and tonumber(attempt) > tonumber(command.attempt) then
    command.attempt = attempt
  end
  redis.call('HSET', key, 'state', state, 'settledAt', at, 'attempt', command.attempt,
    'history', command.history)
  if command.error then redis.call('HSET', key, 'error', command.error) end
  if command.evidence then redis.call('HSET', key, 'evidence', command.evidence) end
  redis.call('ZADD', ended, at, id)
  return redis.call('HGETALL', key)
end
`;
