import { isSettled } from '@remote-display/protocol';
import type { Happened, Story, Violation } from './story.ts';

/** I2: what someone was told is accepted is in the store, and says what was asked for. */
export function whatIsAcceptedIsKept(story: Story): Violation[] {
  return story.all('accepted').flatMap(({ id, key }) => {
    const record = story.record(id);
    if (record?.payload.orderId === key) return [];
    return [
      {
        promise: 'I2',
        text: `${id} was accepted for ${key}, and the store has ${record?.payload.orderId}`,
      },
    ];
  });
}

/** I7: one key, one command; and a conflict only for another body. */
export function oneKeyOneCommand(story: Story): Violation[] {
  const violations: Violation[] = [];
  const wrong = (text: string) => violations.push({ promise: 'I7', text });
  const stored = story.by('stored', ({ key }) => key);
  for (const [key, all] of stored)
    if (key !== '' && all.length > 1) wrong(`${key} has ${all.length} commands`);
  for (const { id, key, body } of story.all('accepted')) {
    const first = stored.get(key)?.[0];
    if (first?.id !== id) wrong(`${key} was answered with ${id} and is ${first?.id}`);
    if (first?.body !== body) wrong(`${key} was accepted with another body`);
  }
  for (const { key, body } of story.all('conflict'))
    if (stored.get(key)?.[0]?.body === body) wrong(`${key} conflicts with itself`);
  for (const [from, all] of story.by('redriven', ({ from }) => from)) {
    const ids = new Set(all.map(({ id }) => id));
    if (ids.size > 1) wrong(`${from} was redriven as ${[...ids].join(' and ')}`);
    for (const id of ids) {
      if (story.record(id)?.redriveOf !== from) wrong(`${id} does not point back at ${from}`);
      if (story.ending.letters.get(from)?.redrivenAs !== id)
        wrong(`${from} does not point at ${id}`);
    }
  }
  return violations;
}

/** What someone was told of an end is the end. */
export function whatIsToldIsTrue(story: Story): Violation[] {
  const violations: Violation[] = [];
  for (const told of story.all('told')) {
    const { id, state, node } = told;
    const record = story.record(id);
    if (!isSettled(state) || record?.state === state || isWithinDecision3(story, told)) continue;
    violations.push({
      promise: 'told',
      text: `${id} was told as ${state} by ${node} and is ${record?.state}`,
    });
  }
  for (const { id } of story.all('cancelled'))
    if (story.record(id)?.state !== 'cancelled')
      violations.push({
        promise: 'told',
        text: `${id} was called off and is ${story.record(id)?.state}`,
      });
  return violations;
}

// docs/decisions/0003: a server that tells early and dies before its store has it has told what the
// device will tell again. Until then something else may end the command.
function isWithinDecision3(story: Story, { id, state, at, node }: Happened<'told'>): boolean {
  if (story.ending.plan.news || state !== 'shown') return false;
  const end = story.all('ended').find((ended) => ended.id === id)?.at ?? Infinity;
  return story
    .all('nodeDown')
    .some((down) => down.node === node && down.at >= at && down.at <= end);
}
