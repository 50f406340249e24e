import type { Bounds, Display, Evidence, StageTimings } from '@remote-display/protocol';

type Check = (value: unknown) => boolean;

const MAX_DISPLAYS = 16;
const MAX_LABEL = 128;

// The protocol's own words, member by member: what is added there must be added here.
const bounds: Record<keyof Bounds, Check> = {
  left: isPixels,
  top: isPixels,
  width: isPixels,
  height: isPixels,
};
const timings: Record<keyof StageTimings, Check> = {
  placed: isDuration,
  loaded: isDuration,
  painted: isDuration,
};
const members: Record<keyof Evidence, Check> = {
  displayIndex: isDisplayIndex,
  status: (value) => isNumber(value, 0, 999) && Number.isInteger(value),
  bounds: isBounds,
  timings: (value) => isMadeOf(value, timings),
};

const display: Record<keyof Display, Check> = {
  index: isDisplayIndex,
  primary: (value) => typeof value === 'boolean',
  bounds: isBounds,
  label: (value) => typeof value === 'string' && value.length <= MAX_LABEL,
};

/** Whether the protocol has words for these displays: the server would refuse all that comes with them. */
export function areDisplays(given: unknown): given is Display[] {
  return (
    Array.isArray(given) &&
    given.length <= MAX_DISPLAYS &&
    given.every((each) => isMadeOf({ index: '', primary: '', bounds: '', ...each }, display))
  );
}

/**
 * What a handler says it saw, as far as the protocol has words for it. The handler is the
 * integrator's: an odd number in its evidence must not make the server refuse the whole message, and
 * with it the outcomes of all other commands.
 */
export function checkedEvidence(given: Evidence): Evidence | undefined {
  const known = Object.entries(given).filter(
    ([name, value]) => Object.hasOwn(members, name) && members[name as keyof Evidence](value),
  );
  return known.length > 0 ? (Object.fromEntries(known) as Evidence) : undefined;
}

function isMadeOf(value: unknown, checks: Record<string, Check>): value is object {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).every(
    ([name, part]) => Object.hasOwn(checks, name) && checks[name]?.(part) === true,
  );
}

function isBounds(value: unknown): boolean {
  return isMadeOf({ left: '', top: '', width: '', height: '', ...Object(value) }, bounds);
}

function isDisplayIndex(value: unknown): boolean {
  return isNumber(value, 0, MAX_DISPLAYS - 1) && Number.isInteger(value);
}

function isNumber(value: unknown, min: number, max: number): boolean {
  return typeof value === 'number' && value >= min && value <= max;
}

function isPixels(value: unknown): boolean {
  return isNumber(value, -1_000_000, 1_000_000);
}

function isDuration(value: unknown): boolean {
  return isNumber(value, 0, 86_400_000);
}
