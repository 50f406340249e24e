import { LISTS } from './parts.ts';
import { script } from './script.ts';

/** Forgets settled commands. Their dead letters stay. */
export const FORGET = script(
  LISTS,
  `
local forgotten = 0
for i = 2, #ARGV do
  if redis.call('ZREM', ended, ARGV[i]) == 1 then
    redis.call('DEL', commandKey(ARGV[i]))
    forgotten = forgotten + 1
  end
end
return forgotten
`,
);
