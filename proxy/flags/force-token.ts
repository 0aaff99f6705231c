import { isSignedText, signText } from '../routing/signed-text.ts';

/** A signed `Ficus-Force`: `service;migration=catalog;until=1764028800;by=alice;sig=…`. */
export interface ForceGrant {
  readonly side: 'monolith' | 'service';
  readonly migration: string;
  /** Ms since 1970, from which on it counts no more. */
  readonly untilMs: number;
  /** Who asked for it: for people who find it somewhere. */
  readonly by: string;
}

const purpose = 'ficus-force';
const pattern =
  /^(?<signed>(?<side>monolith|service);migration=(?<migration>[a-z][a-z0-9-]{0,62});until=(?<until>\d{1,12});by=(?<by>[\w.:@-]{1,64}));sig=(?<sig>[\w-]{43})$/;

export function signForce({ side, migration, untilMs, by }: ForceGrant, key: string): string {
  const until = Math.floor(untilMs / 1000);
  const signed = `${side};migration=${migration};until=${until};by=${by.replace(/[^\w.:@-]/g, '_').slice(0, 64)}`;
  return `${signed};sig=${signText(purpose, signed, key)}`;
}

/** Undefined for what is malformed, signed with another key, or over. */
export function readForce(value: string, key: string, nowMs: number): ForceGrant | undefined {
  const groups = pattern.exec(value)?.groups;
  if (!groups) return undefined;
  const { signed = '', side, migration = '', until, by = '', sig = '' } = groups;
  if (!isSignedText(sig, purpose, signed, key)) return undefined;
  const untilMs = Number(until) * 1000;
  return nowMs < untilMs ? { side: side as ForceGrant['side'], migration, untilMs, by } : undefined;
}
