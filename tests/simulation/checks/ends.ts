import { isSettled } from '@remote-display/protocol';
import type { Command } from '../../../packages/server/src/engine/command.ts';
import { MAX_ATTEMPTS, OUTCOME_TIMEOUT_MS } from '../world/server-node.ts';
import type { Story, Violation } from './story.ts';

// The sweep's round, connecting, and a restart or two on the way.
const SLACK_MS = 30_000;
// How long the engine gathers how far commands have come.
const MARKS_MS = 20;

/** I1: every command that was taken in ends in one end, in time. */
export function everyCommandEnds(story: Story): Violation[] {
  const violations: Violation[] = [];
  const ends = story.by('ended', ({ id }) => id);
  const patience = SLACK_MS + 4 * story.ending.slowestStoreMs;
  for (const { id, at } of story.all('stored')) {
    const record = story.record(id);
    const [end, ...others] = ends.get(id) ?? [];
    if (record === undefined || end === undefined || !isSettled(record.state)) {
      violations.push({ promise: 'I1', text: `${id} never ended: it is ${record?.state}` });
      continue;
    }
    if (others.length > 0) violations.push({ promise: 'I1', text: `${id} ended more than once` });
    const ttl = record.expiresAt - record.createdAt;
    const excused = story.standstill(at, end.at) + story.jumped(at, end.at);
    const late = end.at - at - ttl - OUTCOME_TIMEOUT_MS - patience - excused;
    if (late > 0) violations.push({ promise: 'I1', text: `${id} ended ${late} ms too late` });
  }
  return violations;
}

/** I8: what has ended never moves again, and its story says so. */
export function everyEndIsFinal(story: Story): Violation[] {
  const violations: Violation[] = [];
  for (const { id, record } of story.all('ended')) {
    const last = story.record(id);
    if (JSON.stringify(last) !== record)
      violations.push({
        promise: 'I8',
        text: `${id} moved after its end: ${record} became ${JSON.stringify(last)}`,
      });
  }
  for (const record of story.ending.records.values())
    for (const text of wrongInStory(record, story))
      violations.push({ promise: 'I8', text: `${record.id}: ${text}` });
  return violations;
}

function* wrongInStory({ state, history, createdAt }: Command, story: Story): Generator<string> {
  const ends = history.filter((entry) => entry.state !== 'failed' && isSettled(entry.state));
  const last = history.at(-1);
  if (history[0]?.state !== 'queued') yield 'its story does not begin with queued';
  if (ends.length !== (isSettled(state) ? 1 : 0)) yield `its story has ${ends.length} ends`;
  if (isSettled(state) && last?.state !== state) yield `its story ends as ${last?.state}`;
  if (story.all('jumped').length > 0) return;
  // A move is dated when it is asked for. Marks are gathered first, and an accept may have to wait for
  // a settle before it is its turn.
  const slack = MARKS_MS + 2 * story.ending.slowestStoreMs + 1;
  let latest = createdAt;
  for (const { at } of history) {
    if (at < latest - slack) yield `its story goes back by ${latest - at} ms`;
    latest = Math.max(latest, at);
  }
}

/** I10: attempts fail one after the other, and there are not more than there may be. */
export function everyAttemptCounts(story: Story): Violation[] {
  const violations: Violation[] = [];
  for (const { id, attempt, history } of story.ending.records.values()) {
    if (attempt > MAX_ATTEMPTS)
      violations.push({ promise: 'I10', text: `${id} was tried ${attempt} times` });
    let latest = 0;
    for (const entry of history) {
      if (entry.state !== 'failed') continue;
      // The same one may fail once more: a device that is back may have it at work all the same.
      const failed = entry.attempt ?? 0;
      if (failed < latest)
        violations.push({ promise: 'I10', text: `${id} failed at ${failed} after ${latest}` });
      latest = failed;
    }
  }
  return violations;
}

/** I11: what is dead lies among the dead letters with its whole story, and nothing else does. */
export function everyDeadLetterIsWhole(story: Story): Violation[] {
  const violations: Violation[] = [];
  const wrong = (text: string) => violations.push({ promise: 'I11', text });
  for (const record of story.ending.records.values()) {
    const { id, state, attempt, history, error } = record;
    const letter = story.ending.letters.get(id);
    if (state !== 'dead') {
      if (letter) wrong(`${id} is ${state} and lies among the dead letters`);
      continue;
    }
    if (JSON.stringify(letter?.command) !== JSON.stringify(record))
      wrong(`${id} is dead, and its letter says ${JSON.stringify(letter?.command)}`);
    if (error === undefined) wrong(`${id} is dead for no reason`);
    for (let n = 1; n < attempt; n++)
      if (!history.some((entry) => entry.state === 'failed' && entry.attempt === n && entry.code))
        wrong(`${id} is dead, and nobody knows why attempt ${n} failed`);
  }
  return violations;
}
