import type { Story, Violation } from './story.ts';

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
    // Of two rivals over several nodes both may be sent away: what one had sent on a line that died
    // takes the screen from the other after it was sent away itself. A person is told at both.
    const rivals = names.length > 1 && story.ending.plan.nodes > 1;
    if (stops.length === names.length && !rivals)
      wrong(`nobody serves ${screenId}: ${names.join(' and ')} stopped`);
  }
  return violations;
}

/** I16 and all the rest: nobody was told an error that no fault explains. */
export function nothingIsASurprise(story: Story): Violation[] {
  return story.all('surprise').map(({ text }) => ({ promise: 'surprise', text }));
}
