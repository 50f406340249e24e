import { parentPort, workerData } from 'node:worker_threads';
import { RemoteDisplayError } from '@remote-display/protocol';
import type { DatabaseSettings } from './open-database.ts';
import { type Operation, SqliteDatabase } from './sqlite-database.ts';

// The thread on which the disk may be slow: heartbeats go on while it waits for a sync.
const port = parentPort;
if (port) {
  try {
    const database = new SqliteDatabase(workerData as DatabaseSettings);
    port.postMessage({ opened: true });
    port.on('message', (operations: Operation[] | 'close') => {
      if (operations === 'close') {
        database.close();
        port.close();
      } else port.postMessage(database.run(operations));
    });
  } catch (error) {
    const { code, detail } = RemoteDisplayError.wrap(error, 'STORE_UNAVAILABLE');
    port.postMessage({ opened: false, code, detail });
    port.close();
  }
}
