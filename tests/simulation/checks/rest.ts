import type { Happened, Story, Violation } from './story.ts';

/** After the last fault everything comes to rest by itself. */
export function everythingComesToRest(story: Story): Violation[] {
  const violations: Violation[] = [];
  const wrong = (text: string) => violations.push({ promise: 'rest', text });
  const { stations, plan } = story.ending;
  for (const { name, stopped, online, held, unconfirmed } of stations) {
    if (stopped) continue;
    if (!online) wrong(`${name} is not online`);
    if (unconfirmed > 0) wrong(`${name} has ${unconfirmed} outcomes of which nobody knows`);
    // What could not be stored is not begun, and lies there until the next connection.
    if (held > 0 && plan.chance.storageFails === 0)
      wrong(`${name} means to carry out ${held} commands of which the server knows nothing`);
  }
  for (const screenId of new Set(stations.map((station) => station.screenId))) {
    const names = stations.filter((each) => each.screenId === screenId).map(({ name }) => name);
    const stops = story.all('stopped').filter(({ station }) => names.includes(station));
    const last = stops.at(-1);
    if (stops.length === names.length && last && !isByAGhost(story, screenId, last))
      wrong(`nobody serves ${screenId}: ${names.join(' and ')} stopped`);
  }
  return violations;
}

// What a station sent on a former line may reach another node after its new line has resumed: it is
// then taken for another station that takes over. Nobody but the session could tell the two apart.
function isByAGhost(story: Story, screenId: string, { at }: Happened<'stopped'>): boolean {
  const holds = story.all('held').filter((each) => each.screenId === screenId && each.at <= at);
  const { nodes } = story.ending.plan;
  return nodes > 1 && new Set(holds.map(({ holder }) => holder.split('.')[0])).size > 1;
}

/** I16 and all the rest: nobody was told an error that no fault explains. */
export function nothingIsASurprise(story: Story): Violation[] {
  return story.all('surprise').map(({ text }) => ({ promise: 'surprise', text }));
}
