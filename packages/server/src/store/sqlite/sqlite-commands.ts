import type { DatabaseSync } from 'node:sqlite';
import { isSettled } from '@remote-display/protocol';
import { type Command, type CommandDraft, fromDraft } from '../../engine/command.ts';
import {
  type Mark,
  mark,
  type Retry,
  retry,
  type Settlement,
  settle,
} from '../../engine/lifecycle.ts';
import { expiry, mayDecide, nextSeq, supersede } from '../rules.ts';
import type { Acceptance, Retention } from '../store.ts';
import { commandStatements } from './command-statements.ts';
import { commandOf, type Row, toJson } from './rows.ts';
import type { SqliteDeadLetters } from './sqlite-dead-letters.ts';
import type { Tally } from './tally.ts';

/** The commands in SQLite. Every operation runs inside a transaction that its caller has begun. */
export function sqliteCommands(db: DatabaseSync, tally: Tally, deadLetters: SqliteDeadLetters) {
  const sql = commandStatements(db);
  // Of this process, as the connections are. A holder that was set in a transaction which is rolled
  // back stays: its connection asks again, and the one before it is gone anyway.
  const holders = new Map<string, string>();

  function find(id: string): Command | undefined {
    const row = sql.byId.get(id) as Row | undefined;
    return row && commandOf(row);
  }

  function insert(command: Command): void {
    sql.insert.run(
      command.seq,
      command.id,
      command.screenId,
      command.slot,
      command.type,
      toJson(command.payload),
      command.subject,
      toJson(command.trace),
      command.state,
      command.attempt,
      command.createdAt,
      command.expiresAt,
      command.notBefore,
      toJson(command.history),
      command.priority,
      command.redriveOf ?? null,
    );
  }

  // Only what has not ended is ever moved, so an end is counted once.
  function write(command: Command): Command {
    const { state, attempt, notBefore, settledAt, error, evidence, history, seq } = command;
    sql.update.run(
      state,
      attempt,
      notBefore,
      settledAt ?? null,
      toJson(error),
      toJson(evidence),
      toJson(history),
      seq,
    );
    if (isSettled(state)) tally.settled++;
    if (state === 'dead') deadLetters.add(command);
    return command;
  }

  function move(
    id: string,
    change: (command: Command) => Command | undefined,
  ): Command | undefined {
    const command = find(id);
    const moved = command && change(command);
    return moved && write(moved);
  }

  function end(commands: Command[], settlement: Settlement): Command[] {
    return commands.flatMap((command) => {
      const ended = settle(command, settlement);
      return ended ? [write(ended)] : [];
    });
  }

  function recall(keys: readonly string[], now: number) {
    for (const key of keys) {
      const row = sql.key.get(key, now) as Row | undefined;
      const command = row && find(String(row['command_id']));
      if (row && command) return { command, fingerprint: String(row['fingerprint']) };
    }
    return undefined;
  }

  function outbox(screenId: string, limit: number): Command[] {
    return (sql.outbox.all(screenId, limit) as Row[]).map(commandOf);
  }

  // It looks no further than it must, however much there is.
  function hasMoreThan(screenId: string, count: number): boolean {
    return sql.nth.get(screenId, count) !== undefined;
  }

  const decides = ({ screenId }: Command, holder: string | undefined) =>
    mayDecide(holders.get(screenId), holder);

  function forget(settledBefore: number, limit: number): number {
    const forgotten = limit > 0 ? Number(sql.deleteSettled.run(settledBefore, limit).changes) : 0;
    tally.settled -= forgotten;
    return forgotten;
  }

  return {
    find,
    recall,
    outbox,

    accept(draft: CommandDraft): Acceptance {
      const known = recall(draft.keys, draft.createdAt);
      if (known) {
        if (known.fingerprint !== draft.fingerprint) return { kind: 'conflict' };
        return { kind: 'repeated', command: known.command };
      }
      const { screenId, slot, redriveOf } = draft;
      const redriven = redriveOf && deadLetters.find(redriveOf)?.redrivenAs;
      const first = redriven && find(redriven);
      if (first) return { kind: 'repeated', command: first };

      const older =
        draft.queue === 'latest' ? (sql.slot.all(screenId, slot) as Row[]).map(commandOf) : [];
      if (hasMoreThan(screenId, draft.maxUnsettled + older.length - 1)) return { kind: 'full' };
      tally.seq = nextSeq(tally.seq, draft.createdAt);
      const command = fromDraft(draft, tally.seq);
      insert(command);
      const superseded = end(older, supersede(command));
      for (const key of draft.keys)
        sql.insertKey.run(key, command.id, draft.fingerprint, draft.keyExpiresAt);
      if (redriveOf !== undefined) deadLetters.redriven(redriveOf, command.id);
      return { kind: 'accepted', command, superseded };
    },

    hold(screenId: string, holder: string, limit: number): Command[] {
      holders.set(screenId, holder);
      return outbox(screenId, limit);
    },

    holder(screenId: string): string | undefined {
      return holders.get(screenId);
    },

    mark(marks: Mark[]): void {
      for (const news of marks) move(news.id, (command) => mark(command, news));
    },

    retry(id: string, failed: Retry): Command | undefined {
      return move(id, (command) =>
        decides(command, failed.holder) ? retry(command, failed) : undefined,
      );
    },

    settle(id: string, settlement: Settlement) {
      const before = find(id);
      const after =
        before && decides(before, settlement.holder) ? settle(before, settlement) : undefined;
      if (after) write(after);
      return { moved: after !== undefined, command: after ?? before };
    },

    expire(now: number, graceMs: number, limit: number): Command[] {
      const rows = sql.overdue.all(now, now - graceMs, limit) as Row[];
      return end(rows.map(commandOf), expiry(now));
    },

    prune({ now, settledBefore, maxSettled, keepSince, limit }: Retention): number {
      let pruned = Number(sql.deleteKeys.run(now, limit).changes);
      pruned += forget(settledBefore, limit - pruned);
      pruned += forget(keepSince, Math.min(limit - pruned, tally.settled - maxSettled));
      return pruned;
    },
  };
}
