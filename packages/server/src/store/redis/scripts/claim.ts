import { script } from './script.ts';

/**
 * Puts an idempotency key that lies in another partition than its command in the name of a command
 * id, unless it is in another's. Answers whose it is then. A claim that nothing came of for longer
 * than `abandonedMs` is free again if its id is the one that the caller looked for in vain. How old
 * it is says what Redis has counted down: the clocks of nodes may differ.
 */
export const CLAIM = script(`
local id, fingerprint, expiresAt, ttl, now = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local missing, abandonedMs = ARGV[6], ARGV[7]
local key = redis.call('HMGET', KEYS[1], 'id', 'fingerprint', 'expiresAt', 'ttl')
if key[1] and tonumber(key[3]) > tonumber(now) then
  local age = tonumber(key[4]) - redis.call('PTTL', KEYS[1])
  local isFree = key[1] == missing and age > tonumber(abandonedMs)
  if not isFree then return { key[1], key[2] } end
end
redis.call('HSET', KEYS[1], 'id', id, 'fingerprint', fingerprint, 'expiresAt', expiresAt,
  'ttl', ttl)
redis.call('PEXPIRE', KEYS[1], ttl)
return { id, fingerprint }
`);
