import { z } from 'zod';
import { idSchema, tagsSchema, textSchema } from './identifiers.ts';

/** The body of `POST /api/pairings`: a code with which one station may become this screen. */
export const createPairingSchema = z.strictObject({
  screenId: idSchema,
  /** Name of the station for people. Default: the screen id. */
  name: textSchema(64).optional(),
  /** Groups that it belongs to. Default: none, or those that it has. */
  tags: tagsSchema.optional(),
});

/** The body of `PATCH /api/screens/:id`. */
export const updateScreenSchema = z.strictObject({
  name: textSchema(64).optional(),
  tags: tagsSchema.optional(),
});

const secretSchema = z
  .string()
  .min(16)
  .max(256)
  .regex(/^[A-Za-z0-9._-]+$/);

/** The query of `GET /api/pair` and the body of `POST /api/pair`. */
export const pairSchema = z.strictObject({ screenId: idSchema, token: secretSchema });

export type PairRequest = z.infer<typeof pairSchema>;

/** The body of `POST /api/auth/refresh`. */
export const refreshSchema = z.strictObject({ refreshToken: secretSchema });

/** What a session is given. Times are ms since 1970 by the server's clock. */
export const tokenPairSchema = z.object({
  accessToken: z.string(),
  accessExpiresAt: z.number(),
  refreshToken: z.string(),
  refreshExpiresAt: z.number(),
  /** The server's clock when it answered, so that a client with a wrong clock renews in time. */
  serverTime: z.number(),
});

export type TokenPair = z.infer<typeof tokenPairSchema>;

/** The answer of `POST /api/pairings`. */
export const pairingViewSchema = z.object({
  screenId: z.string(),
  token: z.string(),
  /** What the station opens, as a QR code or a link. */
  url: z.string(),
  expiresAt: z.number(),
});

export type PairingView = z.infer<typeof pairingViewSchema>;

/** The answer of `POST /api/pair`. */
export const pairedSchema = z.object({
  screenId: z.string(),
  name: z.string(),
  tokens: tokenPairSchema,
});

export type Paired = z.infer<typeof pairedSchema>;

/** The operator's `watch` and `unwatch` events. */
export const watchSchema = z.union([
  z.strictObject({ commandId: idSchema }),
  z.strictObject({ screenId: idSchema }),
]);

export type WatchTarget = z.infer<typeof watchSchema>;
