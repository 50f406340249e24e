import { createHash } from 'node:crypto';

/** A Lua script that Redis runs in one step, and the name under which Redis remembers it. */
export interface Script {
  lua: string;
  sha: string;
}

/** Puts a script together from its parts. */
export function script(...parts: string[]): Script {
  const lua = parts.join('\n');
  return { lua, sha: createHash('sha1').update(lua).digest('hex') };
}
