import { isSettled, RemoteDisplayError } from '@remote-display/protocol';
import type { Command, CommandDraft } from '../../../packages/server/src/engine/command.ts';
import { MAX_UNSETTLED, type ServerNode } from './server-node.ts';
import type { World } from './world.ts';

/** What someone wants to see. */
interface Wish {
  key: string;
  body: string;
  screenId: string;
  displayIndex: number;
  queue: 'latest' | 'all';
  priority: number;
  ttlMs: number;
}

const TTLS_MS = [1_000, 5_000, 30_000, 60_000];
const KEY_MS = 100 * 3_600_000;
const WAITS_MS = [1_000, 30_000, 120_000];

/** The people and systems that want something, each on whichever node they reach. */
export class Workload {
  readonly #world: World;
  readonly #wishes: Wish[] = [];
  readonly #known: string[] = [];
  #busy = 0;

  constructor(world: World) {
    this.#world = world;
    const { plan, random, timeline } = world;
    for (let n = 0; n < plan.wishes; n++)
      timeline.schedule(random.next() * plan.spanMs, () => this.#wish(this.#next()));
    for (let n = 0; n < plan.wishes / 4; n++) {
      timeline.schedule(random.next() * plan.spanMs, () => this.#cancelOne());
      timeline.schedule(random.next() * plan.spanMs, () => this.#redriveOne());
    }
  }

  /** Whether someone still means to say something. */
  get isBusy(): boolean {
    return this.#busy > 0;
  }

  #next(): Wish {
    const { random, plan } = this.#world;
    const earlier = this.#wishes.length > 0 && random.chance(0.2) && random.pick(this.#wishes);
    // The same key, and sometimes by mistake another wish under it.
    if (earlier) return random.chance(0.8) ? earlier : { ...earlier, body: `${earlier.body}!` };
    const wish: Wish = {
      key: `key-${this.#wishes.length + 1}`,
      body: 'as first said',
      screenId: `screen-${random.between(1, plan.screens)}`,
      displayIndex: random.between(1, plan.displays),
      queue: random.chance(0.7) ? 'latest' : 'all',
      priority: random.between(-1, 1),
      ttlMs: random.pick(TTLS_MS),
    };
    this.#wishes.push(wish);
    return wish;
  }

  #wish(wish: Wish, tries = 1): void {
    const { history } = this.#world;
    const { key, body } = wish;
    this.#ask(
      async (node) => {
        const acceptance = await node.engine.accept(this.#draftOf(wish, node));
        const { id } = acceptance.command;
        const repeated = acceptance.kind === 'repeated';
        history.note({ kind: 'accepted', id, key, body, node: node.name, repeated });
        this.#known.push(id);
        this.#mayWait(acceptance.command, node);
      },
      (code) => {
        if (code === 'IDEMPOTENCY_CONFLICT') history.note({ kind: 'conflict', key, body });
        // Nobody knows whether it went through: whoever wants it says it again.
        else if (tries < 5 && this.#world.random.chance(0.7))
          this.#later(() => this.#wish(wish, tries + 1));
      },
    );
  }

  #draftOf(wish: Wish, node: ServerNode): CommandDraft {
    const { key, body, screenId, displayIndex, queue, priority, ttlMs } = wish;
    const createdAt = node.process.clock.now();
    return {
      id: this.#world.newId(),
      screenId,
      type: 'navigate',
      payload: { displayIndex, orderId: key, document: { url: `https://docs.example.com/${key}` } },
      slot: `display:${displayIndex}:document`,
      priority,
      queue,
      createdAt,
      expiresAt: createdAt + ttlMs,
      subject: 'simulation',
      trace: { requestId: key },
      keys: [key],
      fingerprint: body,
      keyExpiresAt: createdAt + KEY_MS,
      maxUnsettled: MAX_UNSETTLED,
    };
  }

  #mayWait(command: Command, node: ServerNode): void {
    const { random } = this.#world;
    if (!random.chance(0.6)) return;
    this.#wait(command, node);
    if (random.chance(0.3)) this.#ask((other) => this.#waitFrom(command.id, other));
  }

  async #waitFrom(id: string, node: ServerNode): Promise<void> {
    const command = await node.engine.find(id);
    if (command) this.#wait(command, node);
  }

  #wait(command: Command, node: ServerNode): void {
    const { random, history } = this.#world;
    node.engine.wait(command, random.pick(WAITS_MS)).then(
      ({ id, state }) => {
        if (node.process.alive) history.note({ kind: 'told', id, state, node: node.name });
      },
      (error: unknown) => this.#world.expect(error),
    );
  }

  #cancelOne(): void {
    if (this.#known.length === 0) return;
    const id = this.#world.random.pick(this.#known);
    this.#ask(async (node) => {
      const command = await node.engine.cancel(id, 'simulation');
      this.#world.history.note({ kind: 'cancelled', id: command.id });
    });
  }

  #redriveOne(): void {
    this.#ask(async (node) => {
      const { letters } = await node.deadLetters.list({}, { limit: 10 });
      if (letters.length === 0) return;
      const letter = this.#world.random.pick(letters);
      const command = await node.deadLetters.redrive(letter, 'simulation', 'redrive');
      const { id } = command;
      this.#world.history.note({ kind: 'redriven', from: letter.command.id, id });
      this.#known.push(id);
      if (!isSettled(command.state)) this.#mayWait(command, node);
    });
  }

  // Something asked of a node. If that dies meanwhile, whoever asked hears nothing but the line's end.
  #ask(
    work: (node: ServerNode) => Promise<void>,
    onFailed: (code: string) => void = () => {},
  ): void {
    const { nodes, random, timeline } = this.#world;
    if (nodes.length === 0) {
      onFailed('CONNECTION_REFUSED');
      return;
    }
    const node = random.pick(nodes);
    this.#busy++;
    let isOver = false;
    const over = (code?: string) => {
      if (isOver) return;
      isOver = true;
      this.#busy--;
      if (code !== undefined) onFailed(code);
    };
    const look = () => {
      if (isOver) return;
      if (node.process.alive) timeline.schedule(500, look);
      else over('CONNECTION_REFUSED');
    };
    timeline.schedule(500, look);
    work(node).then(
      () => over(),
      (error: unknown) => {
        if (!node.process.alive) return;
        this.#world.expect(error);
        over(RemoteDisplayError.wrap(error).code);
      },
    );
  }

  #later(work: () => void): void {
    const { timeline, random } = this.#world;
    this.#busy++;
    timeline.schedule(random.next() * 3_000, () => {
      this.#busy--;
      work();
    });
  }
}
