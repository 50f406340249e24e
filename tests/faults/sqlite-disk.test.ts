import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Store, sqliteStore } from '@remote-display/server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { draftOf } from '../../packages/server/src/testing/drafts.ts';

const NOW = 1_800_000_000_000;
let folder: string;
let path: string;
let stores: Store[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'remote-display-'));
  path = join(folder, 'test.db');
  stores = [];
});
afterEach(async () => {
  for (const store of stores) await store.close();
  rmSync(folder, { recursive: true });
});

function storeAt(file: string): Store {
  const store = sqliteStore({ path: file });
  stores.push(store);
  return store;
}

// Every one in its own slot, so that none ends another.
const draft = (id: string, title = '') =>
  draftOf({
    now: NOW,
    id,
    slot: id,
    maxUnsettled: 100_000,
    payload: {
      displayIndex: 1,
      orderId: id,
      document: { url: 'https://docs.example.com/PO-1', title },
    },
  });

const run = (tool: string, ...args: string[]) => execFileSync(tool, args, { stdio: 'pipe' });
const mount = (...args: string[]) => run('mount', ...args);
const unmount = (where: string) => run('umount', where);

/** Why no small disk can be made here; empty where it can. */
function whyNoDisk(): string {
  const where = mkdtempSync(join(tmpdir(), 'remote-display-'));
  try {
    mount('-t', 'tmpfs', '-o', 'size=5m', 'tmpfs', where);
    unmount(where);
    return '';
  } catch (error) {
    const said = error instanceof Error ? error.message.split('\n').at(1) : '';
    return ` (skipped: no tmpfs can be mounted here: ${said})`;
  } finally {
    rmSync(where, { recursive: true });
  }
}

const noDisk = whyNoDisk();
const isRoot = process.getuid?.() === 0;

describe.skipIf(noDisk)(`a small disk${noDisk}`, () => {
  let disk: string;
  beforeEach(() => {
    disk = mkdtempSync(join(tmpdir(), 'remote-display-'));
    mount('-t', 'tmpfs', '-o', 'size=5m', 'tmpfs', disk);
    path = join(disk, 'test.db');
  });
  afterEach(async () => {
    for (const store of stores) await store.close();
    unmount(disk);
    rmSync(disk, { recursive: true });
  });

  /** Leaves so much room, in KiB; the answer makes room again. */
  function fill(room: number): () => void {
    const filler = join(disk, 'filler');
    const free = run('df', '--output=avail', '-k', disk).toString().split('\n')[1];
    writeFileSync(filler, Buffer.alloc((Number(free) - room) * 1024));
    return () => rmSync(filler);
  }

  it('that is full accepts nothing and says so, and goes on once there is room', async () => {
    const store = storeAt(path);
    await store.open();
    await store.commands.accept(draft('before'));
    const makeRoom = fill(0);
    const full = { code: 'STORE_UNAVAILABLE', detail: expect.stringContaining('full') };
    await expect(store.check()).rejects.toMatchObject(full);
    await expect(store.commands.accept(draft('refused'))).rejects.toMatchObject(full);
    const shown = { state: 'shown', at: NOW } as const;
    await expect(store.commands.settle('before', shown)).rejects.toMatchObject(full);
    // What is there can be read.
    expect(await store.commands.find('before')).toMatchObject({ state: 'queued' });
    expect(await store.commands.find('refused')).toBeUndefined();
    makeRoom();
    await store.check();
    expect(await store.commands.accept(draft('refused'))).toMatchObject({ kind: 'accepted' });
    expect(await store.commands.settle('before', shown)).toMatchObject({ moved: true });
  });

  it('that becomes full has what was accepted, all of it, and nothing else', async () => {
    const store = storeAt(path);
    await store.open();
    const makeRoom = fill(600);
    const accepted: string[] = [];
    let refused = 0;
    // What arrives together does not fit together; some of it fits alone.
    for (let round = 0; round < 20; round++) {
      const ids = Array.from({ length: 20 }, (_, n) => `r${round}-${n}`);
      const results = await Promise.allSettled(
        ids.map((id, n) => store.commands.accept(draft(id, 'x'.repeat(n % 2 ? 20_000 : 10)))),
      );
      for (const [n, { status }] of results.entries())
        if (status === 'fulfilled') accepted.push(ids[n] ?? '');
        else refused++;
    }
    expect(accepted.length).toBeGreaterThan(0);
    expect(refused).toBeGreaterThan(0);
    const kept = async () =>
      (await store.commands.outbox('station-1', 10_000)).map(({ id }) => id).sort();
    expect(await kept()).toEqual([...accepted].sort());
    await store.close();
    makeRoom();
    await store.open();
    expect(await kept()).toEqual([...accepted].sort());
    expect(await store.commands.accept(draft('after'))).toMatchObject({ kind: 'accepted' });
  });

  it('that is full is refused at the start, and taken once there is room', async () => {
    const makeRoom = fill(0);
    const store = storeAt(path);
    await expect(store.open()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    makeRoom();
    await store.open();
    await store.check();
  });

  it('that may only be read is refused at the start, and taken once it may be written', async () => {
    const store = storeAt(path);
    await store.open();
    await store.commands.accept(draft('before'));
    await store.close();
    mount('-o', 'remount,ro', disk);
    await expect(store.open()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    mount('-o', 'remount,rw', disk);
    await store.open();
    expect(await store.commands.find('before')).toMatchObject({ id: 'before' });
  });
});

it.skipIf(isRoot)(
  `a file that may only be read is refused${isRoot ? ' (skipped: root may write to any)' : ''}`,
  async () => {
    const store = storeAt(path);
    await store.open();
    await store.close();
    chmodSync(path, 0o444);
    await expect(store.open()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    chmodSync(path, 0o644);
    await store.open();
  },
);

it('a file that another process has is refused, until that one is gone', async () => {
  const script = `
    import { sqliteStore } from ${JSON.stringify(import.meta.resolve('@remote-display/server'))};
    await sqliteStore({ path: process.argv[1] }).open();
    console.log('open');`;
  const holder = spawn(process.execPath, [
    '--conditions=@remote-display/source',
    '--eval',
    script,
    path,
  ]);
  const gone = new Promise((resolve) => holder.once('exit', resolve));
  await new Promise((resolve, reject) => {
    holder.stdout.once('data', resolve);
    holder.stderr.once('data', (said) => reject(new Error(String(said))));
  });
  const store = storeAt(path);
  await expect(store.open()).rejects.toMatchObject({ code: 'STORE_LOCKED' });
  await expect(store.commands.accept(draft('a'))).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
  });
  holder.kill('SIGKILL');
  await gone;
  await store.open();
  expect(await store.commands.accept(draft('a'))).toMatchObject({ kind: 'accepted' });
});
