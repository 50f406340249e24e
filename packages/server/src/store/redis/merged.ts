/**
 * Many sorted lists as one, read bit by bit. `read` answers a list's next bit, given the item that
 * was read last and how many there were; an empty one ends it.
 */
export async function* merged<T>(
  lists: number,
  read: (list: number, last: T | undefined, count: number) => Promise<T[]>,
  goesFirst: (a: T, b: T) => boolean,
): AsyncGenerator<T> {
  const counts = Array<number>(lists).fill(0);
  const next = async (list: number, last?: T) => {
    const bit = await read(list, last, counts[list] ?? 0);
    counts[list] = (counts[list] ?? 0) + bit.length;
    return bit;
  };
  const heads = await Promise.all(counts.map((_, list) => next(list)));
  for (;;) {
    let best = -1;
    for (const [list, [head]] of heads.entries()) {
      const first = heads[best]?.[0];
      if (head !== undefined && (first === undefined || goesFirst(head, first))) best = list;
    }
    const bit = heads[best];
    const item = bit?.shift();
    if (bit === undefined || item === undefined) return;
    if (bit.length === 0) heads[best] = await next(best, item);
    yield item;
  }
}
