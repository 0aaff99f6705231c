import type { Migration } from '../../routing/model.ts';
import type { GateFacts, GateReason } from '../model.ts';
import { count, counted } from './wording.ts';

/** Noise holds nothing, but is said: what is counted apart must be seen to be. */
export function noiseRule(migration: Migration, facts: GateFacts): GateReason[] {
  const ids = new Set(migration.routes.map(({ id }) => id));
  const noise = facts.judgements.noise.filter(({ route }) => ids.has(route));
  if (noise.length === 0) return [];
  const pairs = noise.reduce((sum, one) => sum + one.pairs, 0);
  const judged = noise.filter(({ by }) => by === 'verdict').length;
  const how =
    judged === 0 ? 'as measured' : judged === noise.length ? 'as judged' : `${count(judged)} of them judged`;
  const text =
    `${counted(noise.length, 'signature')} ${noise.length === 1 ? 'is' : 'are'} noise, which the monolith has with ` +
    `itself (${how}), shown ${counted(pairs, 'time')}, and count${noise.length === 1 ? 's' : ''} as agreement.`;
  return [{ rule: 'noise', state: 'met', text }];
}
