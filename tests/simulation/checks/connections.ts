import type { Story, Violation } from './story.ts';

// The store may be slow, and other screens be asked for first.
const CATCH_UP_MS = 5_000;

/** I9: once another connection holds the screen and that can be known, the older one is given nothing. */
export function onlyTheNewestExecutes(story: Story): Violation[] {
  const violations: Violation[] = [];
  const held = story.by('held', ({ screenId }) => screenId);
  for (const sent of story.all('sent')) {
    const { screenId, holder, at, id } = sent;
    const holds = held.get(screenId) ?? [];
    const own = holds.findLast((each) => each.holder === holder && each.at <= at)?.at;
    const newer = holds.find(
      (each) => each.holder !== holder && own !== undefined && each.at > own && each.at < at,
    );
    if (newer && at > newer.at + timeToHear(story, holder, newer.at))
      violations.push({
        promise: 'I9',
        text: `${holder} was given ${id} although ${newer.holder} had the screen ${at - newer.at} ms before`,
      });
  }
  return violations;
}

// How long a node may take to hear of another: not at all where there are no others.
function timeToHear({ ending }: Story, holder: string, since: number): number {
  const { plan, history } = ending;
  if (!plan.news) return 0;
  const node = holder.slice(0, holder.indexOf('.'));
  for (const noted of history) {
    if (noted.kind !== 'gap' || noted.node !== node || noted.at > since + plan.newsMs) continue;
    // What was missed of a new holder is asked for at the end of the gap.
    const until = noted.at + noted.forMs;
    if (until >= since) return until - since + CATCH_UP_MS;
  }
  return plan.newsMs;
}
