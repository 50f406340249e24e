import { LISTS } from './parts.ts';
import { script } from './script.ts';

const READ = `
local commands = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[7], '-inf', '+inf', 'LIMIT', 0, ARGV[2])) do
  table.insert(commands, redis.call('HGETALL', commandKey(id)))
end
return commands
`;

/** A screen's commands that have not ended, in order. */
export const OUTBOX = script(LISTS, READ);

/**
 * The same, for the connection that holds the screen from now on. What removes comes first, as in
 * `ENDING`: where Redis is out of memory a device must still be able to tell its outcomes.
 */
export const HOLD = script(
  LISTS,
  `
redis.call('DEL', KEYS[8])
redis.call('SET', KEYS[8], ARGV[3])
redis.call('PUBLISH', newsChannel(ARGV[4]), '{"kind":"held","holder":' .. cjson.encode(ARGV[3]) .. '}')
`,
  READ,
);
