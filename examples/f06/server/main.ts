import { readEnvironment } from './environment.ts';
import { startServer } from './start.ts';

/** How long an end may take before it is made one, in ms. */
const PATIENCE = 8_000;

try {
  const environment = readEnvironment(process.env);
  const { display, url, close } = await startServer(environment);
  const { screenId } = environment;

  if (process.send) {
    // Started by the demo: the right to pair goes to the parent alone, over its own channel.
    const admin = await display.sessions.create({ subject: 'demo', role: 'admin', screens: '*' });
    process.send({ type: 'ready', url, screenId, admin });
  } else {
    const pairing = await display.pair({ screenId, name: 'Station 1' }, url);
    console.log(`Scanner      ${url}/scanner`);
    console.log(`Pair (once)  ${pairing.url}`);
  }

  let ending = false;
  const end = () => {
    if (ending) return;
    ending = true;
    setTimeout(() => process.exit(1), PATIENCE).unref();
    close().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
  // The demo that started this server is gone: so is the reason to stay.
  process.once('disconnect', end);
} catch (error) {
  fail(error);
}

function fail(error: unknown): never {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
