// A store whose ids say where a command lies can only find ids that it made itself. The conformance
// suite calls its commands `a` and `b`.
import type { CommandDraft } from '../../packages/server/src/engine/command.ts';
import type { Store } from '../../packages/server/src/store/store.ts';

/** The same store, in which the ids that a test makes up stand for ids that the store made. */
export function withShortIds(store: Store): Store {
  const real = new Map<string, string>();
  const short = new Map<string, string>();
  const translate = (names: Map<string, string>, value: unknown): unknown => {
    if (typeof value === 'string') return names.get(value) ?? value;
    if (typeof value === 'function')
      return (...args: unknown[]) => value(...args.map((arg) => translate(short, arg)));
    if (Array.isArray(value)) return value.map((each) => translate(names, each));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [key, translate(names, each)]),
    );
  };
  const learn = ({ id, screenId }: CommandDraft) => {
    if (real.has(id)) return;
    real.set(id, store.commands.newId(screenId));
    short.set(real.get(id) ?? '', id);
  };
  const inShort = <T extends object>(part: T): T =>
    new Proxy(part, {
      get(target, name) {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== 'function') return method;
        return (...args: unknown[]) => {
          if (name === 'accept') learn(args[0] as CommandDraft);
          const answer: unknown = method.apply(
            target,
            args.map((arg) => translate(real, arg)),
          );
          return answer instanceof Promise
            ? answer.then((value) => translate(short, value))
            : answer;
        };
      },
    });
  return {
    ...store,
    commands: inShort(store.commands),
    deadLetters: inShort(store.deadLetters),
    news: store.news && inShort(store.news),
  };
}
