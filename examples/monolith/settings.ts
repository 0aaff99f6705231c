import { randomBytes } from 'node:crypto';
import type { MonolithOptions } from './monolith.ts';

/** The only reader of the environment. Throws an Error that says which variable to set, and to what. */
export function readSettings(): MonolithOptions {
  const {
    PORT = '9000',
    HOST = '127.0.0.1',
    DATABASE_URL,
    API_KEYS = 'demo-key',
    SESSION_SECRET,
    PSP_URL,
  } = process.env;
  if (DATABASE_URL === undefined || !/^postgres(ql)?:\/\//.test(DATABASE_URL)) {
    throw new Error(
      "Set DATABASE_URL to the shop's Postgres, as in postgres://user:password@127.0.0.1:5432/shop",
    );
  }
  if (!/^\d{1,5}$/.test(PORT) || Number(PORT) > 65_535) {
    throw new Error(`PORT is "${PORT}"; set it to a number from 0 (any free port) to 65535`);
  }
  if (PSP_URL && !/^https?:\/\//.test(PSP_URL)) {
    throw new Error(
      `PSP_URL is "${PSP_URL}"; set it to the payment provider's http address, or leave it out`,
    );
  }
  return {
    databaseUrl: DATABASE_URL,
    host: HOST,
    port: Number(PORT),
    ...(PSP_URL ? { pspUrl: PSP_URL } : {}),
    apiKeys: API_KEYS.split(',')
      .map((key) => key.trim())
      .filter((key) => key !== ''),
    // Without one, a restart logs everybody out.
    sessionSecret: SESSION_SECRET || randomBytes(32).toString('hex'),
  };
}
