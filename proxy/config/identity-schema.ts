import { z } from 'zod';
import { jwtAlgorithms } from '../routing/identity.ts';
import { defaults } from './defaults.ts';

/** What routes.yaml says of who clients are, and of what flags are told about them. */

const text = z.string().min(1).max(1024);
const seconds = z.int().min(1).max(86_400);

export const jwtConfig = z
  .strictObject({
    keys: text.describe(
      'https://… of a JWKS, or a file with a JWKS or a PEM public key, relative to this file',
    ),
    issuer: text.describe('What iss must be'),
    audience: z
      .union([text, z.array(text).min(1)], { error: 'must be a text, or a list of them' })
      .describe('What aud must be, or have; one of several'),
    algorithms: z
      .array(z.enum(jwtAlgorithms))
      .min(1)
      .default([...defaults.jwt.algorithms]),
    from: text.default(defaults.jwt.from).describe('header:NAME or cookie:NAME; authorization is Bearer'),
    refreshSeconds: seconds.default(defaults.jwt.refreshSeconds).describe('How often a URL is asked again'),
    clockToleranceSeconds: z.int().min(0).max(600).default(defaults.jwt.clockToleranceSeconds),
  })
  .describe('Tokens whose claims count once they are verified');

export const forceConfig = z
  .strictObject({
    claim: text.describe('Of a verified token, such as groups'),
    values: z.array(text).min(1).describe('One of them must be there'),
  })
  .describe('Who may send a plain Ficus-Force header');

export const flagContextConfig = z
  .strictObject({
    sessionId: text
      .optional()
      .describe('header:NAME, cookie:NAME or claim:NAME; without it what stickBy finds'),
    properties: z
      .record(z.string(), text)
      .optional()
      .describe('Names that constraints use, and header:NAME, cookie:NAME or claim:NAME for each'),
  })
  .describe('What flags are told of a request besides userId and remoteAddress');

export type JwtConfig = z.input<typeof jwtConfig>;
export type ForceConfig = z.input<typeof forceConfig>;
export type FlagContextConfig = z.input<typeof flagContextConfig>;
