import { COMMANDS, ENDING, LISTS } from './parts.ts';
import { script } from './script.ts';

/**
 * Takes a command in: known key? redriven before? room? Then its place, the end of what it
 * supersedes, and the news. Where its id is there already, by this very call whose answer was lost,
 * it is answered again; by another, as repeated.
 */
export const ACCEPT = script(
  LISTS,
  COMMANDS,
  ENDING,
  `
local commandAt, outbox, slot, lastSeq = KEYS[7], KEYS[8], KEYS[9], KEYS[10]
local id, screenId, slotName, type, body = ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local createdAt, expiresAt, earliestSeq, history = ARGV[7], ARGV[8], ARGV[9], ARGV[10]
local queue, maxUnsettled, supersedeEntry, redriveOf = ARGV[11], ARGV[12], ARGV[13], ARGV[14]
local fingerprint, keyExpiresAt, keyTtl, call = ARGV[15], ARGV[16], ARGV[17], ARGV[18]

local known = redis.call('HGETALL', commandAt)
if #known > 0 then
  local by = redis.call('HMGET', commandAt, 'acceptedBy', 'superseded')
  if by[1] ~= call then return { 'repeated', known } end
  local superseded = {}
  for _, olderId in ipairs(cjson.decode(by[2])) do
    table.insert(superseded, redis.call('HGETALL', commandKey(olderId)))
  end
  return { 'accepted', known, superseded }
end

for i = 11, #KEYS do
  local key = redis.call('HMGET', KEYS[i], 'id', 'fingerprint', 'expiresAt')
  if key[1] and tonumber(key[3]) > tonumber(createdAt) then
    local first = redis.call('HGETALL', commandKey(key[1]))
    if #first > 0 then
      if key[2] ~= fingerprint then return { 'conflict' } end
      return { 'repeated', first }
    end
  end
end

if redriveOf ~= '' then
  local as = redis.call('HGET', redriven, redriveOf)
  local first = as and redis.call('HGETALL', commandKey(as)) or {}
  if #first > 0 then return { 'repeated', first } end
end

local older = {}
if queue == 'latest' then older = redis.call('ZRANGE', slot, 0, -1) end
if redis.call('ZCARD', outbox) - #older >= tonumber(maxUnsettled) then return { 'full' } end

local last = tonumber(redis.call('GET', lastSeq) or '0')
local seq = string.format('%.0f', math.max(last + 1, tonumber(earliestSeq)))
redis.call('SET', lastSeq, seq)

local superseded, supersededIds = {}, {}
for _, olderId in ipairs(older) do
  local command = read(olderId)
  if command then
    table.insert(superseded, finish(command, 'superseded', createdAt, supersedeEntry, '', '', ''))
    table.insert(supersededIds, cjson.encode(olderId))
  end
end

local command = {
  body = '{"seq":' .. seq .. ',' .. string.sub(body, 2),
  state = 'queued', attempt = '0', notBefore = createdAt, history = history
}
local supersededJson = '[' .. table.concat(supersededIds, ',') .. ']'
redis.call('HSET', commandAt, 'body', command.body, 'state', 'queued', 'attempt', '0',
  'notBefore', createdAt, 'history', history, 'type', type, 'screenId', screenId,
  'slot', slotName, 'expiresAt', expiresAt, 'acceptedBy', call, 'superseded', supersededJson)
redis.call('ZADD', outbox, seq, id)
redis.call('ZADD', slot, seq, id)
redis.call('ZADD', waiting, expiresAt, id)
for i = 11, #KEYS do
  redis.call('HSET', KEYS[i], 'id', id, 'fingerprint', fingerprint, 'expiresAt', keyExpiresAt,
    'ttl', keyTtl)
  redis.call('PEXPIRE', KEYS[i], keyTtl)
end
if redriveOf ~= '' and redis.call('HEXISTS', letterIndex, redriveOf) == 1 then
  redis.call('HSET', redriven, redriveOf, id)
end
redis.call('PUBLISH', newsChannel(screenId), '{"kind":"accepted","command":' .. asJson(command)
  .. ',"superseded":' .. supersededJson .. '}')
return { 'accepted', redis.call('HGETALL', commandAt), superseded }
`,
);
