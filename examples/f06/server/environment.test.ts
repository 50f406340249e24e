import { expect, it } from 'vitest';
import { readEnvironment } from './environment.ts';

it('refuses to go without a secret', () => {
  expect(() => readEnvironment({})).toThrow('REMOTE_DISPLAY_SECRET');
  expect(() => readEnvironment({ REMOTE_DISPLAY_SECRET: '' })).toThrow('REMOTE_DISPLAY_SECRET');
});

it('takes what is set and has a default for the rest', () => {
  const secret = 'made for this test alone, 32 bytes';
  expect(readEnvironment({ REMOTE_DISPLAY_SECRET: secret })).toMatchObject({
    secret,
    port: 3000,
    screenId: 'station-1',
    databaseUrl: undefined,
  });
  const env = {
    REMOTE_DISPLAY_SECRET: secret,
    PORT: '8080',
    ORDERS_DATABASE_URL: 'postgresql://db',
  };
  expect(readEnvironment(env)).toMatchObject({ port: 8080, databaseUrl: 'postgresql://db' });
});

it.each(['-1', '70000', 'http'])('refuses PORT=%s', (PORT) => {
  expect(() => readEnvironment({ REMOTE_DISPLAY_SECRET: 'x', PORT })).toThrow('PORT');
});
