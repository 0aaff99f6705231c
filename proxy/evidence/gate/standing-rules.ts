import type { Migration } from '../../routing/model.ts';
import type { GateFacts, GateReason } from '../model.ts';

/** The service says which build it is: evidence counts for that one. */
export function buildRule(migration: Migration, { key, serviceReachable }: GateFacts): GateReason[] {
  if (serviceReachable) {
    const text = `The service runs build ${key.serviceBuild} and the monolith build ${key.monolithBuild}; evidence counts for these.`;
    return [{ rule: 'build', state: 'met', text }];
  }
  const text = `The service ${migration.service} can't be reached, so its build is not known; it is asked at GET /.well-known/ficus until it answers.`;
  return [{ rule: 'build', state: 'waiting', text }];
}

export function storeRule(_: Migration, { storeAvailable }: GateFacts): GateReason[] {
  if (storeAvailable)
    return [{ rule: 'store', state: 'met', text: 'The counts are up to date in Postgres.' }];
  const text =
    'Postgres is away, so the counts are the last known ones, or none; they hold again once it is back.';
  return [{ rule: 'store', state: 'waiting', text }];
}
