import type { Ending } from '../simulate.ts';
import { oneKeyOneCommand, whatIsAcceptedIsKept, whatIsToldIsTrue } from './answers.ts';
import { onlyTheNewestExecutes } from './connections.ts';
import {
  everyAttemptCounts,
  everyCommandEnds,
  everyDeadLetterIsWhole,
  everyEndIsFinal,
} from './ends.ts';
import {
  nothingBeginsTooLate,
  nothingIsShownTwice,
  slotsKeepTheirOrder,
  whatIsShownWasThere,
} from './glass.ts';
import { everythingComesToRest, nothingIsASurprise } from './rest.ts';
import { Story, type Violation } from './story.ts';

export type { Violation } from './story.ts';

const CHECKS: readonly ((story: Story) => Violation[])[] = [
  everyCommandEnds,
  whatIsAcceptedIsKept,
  nothingIsShownTwice,
  whatIsShownWasThere,
  slotsKeepTheirOrder,
  nothingBeginsTooLate,
  oneKeyOneCommand,
  everyEndIsFinal,
  onlyTheNewestExecutes,
  everyAttemptCounts,
  everyDeadLetterIsWhole,
  whatIsToldIsTrue,
  everythingComesToRest,
  nothingIsASurprise,
];

/** Reads a world's history, knowing nothing of how it came about, and says which promises it breaks. */
export function check(ending: Ending): Violation[] {
  const story = new Story(ending);
  return CHECKS.flatMap((each) => each(story));
}
