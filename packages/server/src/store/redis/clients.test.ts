import { expect, it, vi } from 'vitest';
import { redisStore } from '../redis-store.ts';

vi.mock('ioredis', () => {
  throw new Error("Cannot find package 'ioredis'");
});

it('says what to install where ioredis is missing', async () => {
  await expect(redisStore({ url: 'redis://127.0.0.1:1' }).open()).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
    detail: 'redisStore needs the package ioredis: npm install ioredis@6',
  });
});
