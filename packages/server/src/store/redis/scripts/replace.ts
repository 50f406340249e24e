import { script } from './script.ts';

/**
 * Replaces a session if it is still as the caller read it, so that the rules of rotation stand in
 * one place, rules.ts, and a race is lost by all but one. A revoked one is listed by its time.
 */
export const REPLACE = script(`
local before, after, ttl = ARGV[1], ARGV[2], ARGV[3]
local id, revokedAt, listedSince = ARGV[4], ARGV[5], ARGV[6]
if redis.call('GET', KEYS[1]) ~= before then return 0 end
redis.call('SET', KEYS[1], after, 'PX', ttl)
if revokedAt ~= '' then
  redis.call('ZADD', KEYS[2], revokedAt, id)
  redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', '(' .. listedSince)
end
return 1
`);
