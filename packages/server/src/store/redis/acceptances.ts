import { type Command, type CommandDraft, fromDraft } from '../../engine/command.ts';
import { settleEntry } from '../../engine/lifecycle.ts';
import { nextSeq, supersede } from '../rules.ts';
import type { Acceptance } from '../store.ts';
import { newCallToken } from './call-token.ts';
import type { RedisConnection } from './connection.ts';
import { type Flat, firstFields, toCommand, toCommands } from './fields.ts';
import type { Layout } from './layout.ts';
import { unavailable } from './redis-errors.ts';
import { ACCEPT } from './scripts/accept.ts';
import { CLAIM } from './scripts/claim.ts';

/** A claim that nothing came of for so long was left by a node that died, or its command is forgotten. */
const ABANDONED_MS = 600_000;

/**
 * Takes commands in. Where a draft's idempotency keys lie in its screen's partition, which is always
 * so with one partition, a single script does it all. Otherwise the keys are claimed for its id
 * first; whoever comes upon a claim without a command finishes it under the claimed id, and since a
 * command is accepted once by its id, no key ever leads to two commands.
 *
 * A dead letter is redriven on its own screen, so what the script looks up lies in its partition.
 */
export class Acceptances {
  readonly #redis: RedisConnection;
  readonly #layout: Layout;

  constructor(redis: RedisConnection, layout: Layout) {
    this.#redis = redis;
    this.#layout = layout;
  }

  async accept(draft: CommandDraft): Promise<Acceptance> {
    const home = this.#layout.partitionOf(draft.screenId);
    const isNear = (key: string) => this.#layout.partitionOf(key) === home;
    return draft.keys.every(isNear) ? this.#take(draft, draft.keys) : this.#claimAndTake(draft);
  }

  async find(id: string): Promise<Command | undefined> {
    const at = this.#layout.partitionOfId(id);
    if (at === undefined) return undefined;
    const fields = await this.#redis.run((client) => client.hgetall(at.command(id)));
    return toCommand(Object.entries(fields).flat());
  }

  async recall(keys: readonly string[], now: number) {
    const read = (key: string) =>
      this.#redis.run((client) =>
        client.hmget(this.#layout.idempotencyKey(key), 'id', 'fingerprint', 'expiresAt'),
      );
    for (const [id, fingerprint, expiresAt] of await Promise.all(keys.map(read))) {
      if (!id || Number(expiresAt) <= now) continue;
      const command = await this.find(id);
      if (command) return { command, fingerprint: fingerprint ?? '' };
    }
    return undefined;
  }

  async #take(draft: CommandDraft, keys: readonly string[]): Promise<Acceptance> {
    const { id, screenId, slot, type, createdAt, expiresAt, queue, maxUnsettled } = draft;
    const { redriveOf = '', fingerprint, keyExpiresAt } = draft;
    const at = this.#layout.partitionOfScreen(screenId);
    const { body, history } = firstFields(draft);
    const entry = JSON.stringify(settleEntry(supersede(fromDraft(draft, 0))));
    const answer = await this.#redis.durably(
      ACCEPT,
      [
        ...[...at.lists, at.command(id), at.outbox(screenId), at.slot(screenId, slot), at.seq],
        ...keys.map((key) => this.#layout.idempotencyKey(key)),
      ],
      [
        ...[at.tag, id, screenId, slot, type, body, createdAt, expiresAt, nextSeq(0, createdAt)],
        ...[history, queue, maxUnsettled, entry, redriveOf],
        ...[fingerprint, keyExpiresAt, timeToLive(draft), newCallToken()],
      ],
      at.check,
    );
    const [kind, flat, superseded] = answer as [Acceptance['kind'], Flat, Flat[]];
    if (kind === 'full' || kind === 'conflict') return { kind };
    const command = toCommand(flat);
    if (command === undefined) throw unavailable('Redis answered nothing');
    if (kind === 'repeated') return { kind, command };
    return { kind, command, superseded: toCommands(superseded) };
  }

  async #claimAndTake(draft: CommandDraft): Promise<Acceptance> {
    // A look before: a key that is known must not leave claims for the others behind.
    const known = draft.keys.length > 1 && (await this.recall(draft.keys, draft.createdAt));
    if (known) return answerFor(known, draft);
    let { id } = draft;
    for (const key of draft.keys) {
      const claimed = await this.#claim(key, id, draft);
      if (claimed.id === id) continue;
      const { command, fingerprint } = claimed;
      if (command) return answerFor({ command, fingerprint }, draft);
      // Another wish, or the same for another screen: not ours to finish.
      const isOurs =
        fingerprint === draft.fingerprint &&
        this.#layout.partitionOfId(claimed.id)?.number === this.#layout.partitionOf(draft.screenId);
      if (!isOurs) return { kind: 'conflict' };
      id = claimed.id;
    }
    return this.#take({ ...draft, id }, []);
  }

  /** Whose the key is now, and the command if there is one. */
  async #claim(key: string, id: string, draft: CommandDraft) {
    const { createdAt, keyExpiresAt } = draft;
    const claim = async (missing: string) => {
      const owner = [id, draft.fingerprint, keyExpiresAt, timeToLive(draft), createdAt];
      const args = [...owner, missing, ABANDONED_MS];
      const answer = await this.#redis.script(CLAIM, [this.#layout.idempotencyKey(key)], args);
      const [claimedId = '', fingerprint = ''] = answer as string[];
      return { id: claimedId, fingerprint };
    };
    const claimed = await claim('');
    if (claimed.id === id) return { ...claimed, command: undefined };
    const command = await this.find(claimed.id);
    return command ? { ...claimed, command } : { ...(await claim(claimed.id)), command };
  }
}

function answerFor(
  known: { command: Command; fingerprint: string },
  { fingerprint }: CommandDraft,
): Acceptance {
  if (known.fingerprint !== fingerprint) return { kind: 'conflict' };
  return { kind: 'repeated', command: known.command };
}

/** Redis counts down by its own clock, so it is told how long, not until when. */
function timeToLive({ keyExpiresAt, createdAt }: CommandDraft): number {
  return Math.max(1, keyExpiresAt - createdAt);
}
