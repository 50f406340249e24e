import { LISTS } from './parts.ts';
import { script } from './script.ts';

/** Forgets dead letters, and what became of them. Answers how many there were. */
export const DISCARD = script(
  LISTS,
  `
local discarded = 0
for i = 2, #ARGV do
  local entryId = redis.call('HGET', letterIndex, ARGV[i])
  if entryId then
    redis.call('XDEL', letters, entryId)
    redis.call('HDEL', letterIndex, ARGV[i])
    redis.call('HDEL', redriven, ARGV[i])
    discarded = discarded + 1
  end
end
return discarded
`,
);
