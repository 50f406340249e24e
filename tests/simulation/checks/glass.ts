import type { Command } from '../../../packages/server/src/engine/command.ts';
import type { Story, Violation } from './story.ts';

/** I3: what was shown is not shown again, by whatever is repeated. */
export function nothingIsShownTwice(story: Story): Violation[] {
  const violations: Violation[] = [];
  // By station: what stands there by an attempt that was not given up, and what is known as shown.
  const standing = new Map<string, Set<string>>();
  const kept = new Map<string, Set<string>>();
  const of = (sets: Map<string, Set<string>>, station: string) => {
    const set = sets.get(station) ?? new Set();
    sets.set(station, set);
    return set;
  };
  for (const noted of story.ending.history) {
    if (noted.kind === 'painted') {
      const { id, station } = noted;
      if (of(standing, station).has(id) || of(kept, station).has(id))
        violations.push({ promise: 'I3', text: `${id} was shown twice on ${station}` });
      of(standing, station).add(id);
    } else if (noted.kind === 'withdrawn') of(standing, noted.station).delete(noted.id);
    else if (noted.kind === 'kept') of(kept, noted.station).add(noted.id);
    // Nothing stands there any more; but what is known as shown stays known.
    else if (noted.kind === 'dark') of(standing, noted.station).clear();
    // A device that has lost its memory cannot know.
    else if (noted.kind === 'wiped') {
      of(standing, noted.station).clear();
      of(kept, noted.station).clear();
    }
  }
  return violations;
}

/** I4: what is recorded as shown, or told as shown, was on some glass, and not withdrawn. */
export function whatIsShownWasThere(story: Story): Violation[] {
  const violations: Violation[] = [];
  const there = new Map<string, Set<string>>();
  for (const noted of story.ending.history) {
    if (noted.kind === 'painted')
      there.set(noted.id, (there.get(noted.id) ?? new Set()).add(noted.station));
    else if (noted.kind === 'withdrawn') there.get(noted.id)?.delete(noted.station);
    else if (noted.kind === 'ended' || noted.kind === 'told') {
      const { id, state } = noted;
      if (state !== 'shown' || (there.get(id)?.size ?? 0) > 0) continue;
      const how = noted.kind === 'told' ? 'told' : 'recorded';
      violations.push({ promise: 'I4', text: `${id} was ${how} as shown and was not there` });
    }
  }
  return violations;
}

/** I5: in one slot nothing accepted earlier is shown after something accepted later. */
export function slotsKeepTheirOrder(story: Story): Violation[] {
  const violations: Violation[] = [];
  // By station and slot, the latest that was shown there.
  const latest = new Map<string, Map<string, Command>>();
  for (const noted of story.ending.history) {
    // A device that has lost its memory cannot know what came before.
    if (noted.kind === 'wiped') latest.delete(noted.station);
    if (noted.kind !== 'painted') continue;
    // By the order that the store gave, whatever the device was told.
    const record = story.record(noted.id);
    if (record === undefined) continue;
    const slots = latest.get(noted.station) ?? new Map<string, Command>();
    latest.set(noted.station, slots);
    const before = slots.get(record.slot);
    if (before && before.seq > record.seq)
      violations.push({ promise: 'I5', text: `${record.id} was shown after ${before.id}` });
    else slots.set(record.slot, record);
  }
  return violations;
}

/** I6: nothing is sent or begun after its time, by the server's clock as far as a device can know it. */
export function nothingBeginsTooLate(story: Story): Violation[] {
  const violations: Violation[] = [];
  const sent = story.by('sent', ({ id }) => id);
  for (const { id, late } of story.all('sent'))
    if (late >= 0) violations.push({ promise: 'I6', text: `${id} was sent ${late} ms too late` });
  for (const { id, at, wall, uncertainty } of story.all('begun')) {
    const expiresAt = story.record(id)?.expiresAt ?? Infinity;
    const late = wall - expiresAt - uncertainty;
    if (late <= 0) continue;
    // A clock set after the command was sent is not yet known to the device.
    const heard = sent.get(id)?.findLast((each) => each.at <= at)?.at ?? 0;
    if (story.jumped(heard, at) > 0) continue;
    violations.push({ promise: 'I6', text: `${id} was begun ${late} ms too late` });
  }
  return violations;
}
