import type { RevealValues } from '../admin/reveal-routes.ts';
import type { Actor } from '../delivery/model.ts';
import type { RevealSettings } from '../settings/reveal.ts';
import { openSealed, sealingKeyId } from '../shadow/sealed-values.ts';
import type { AuditSpool } from '../store/audit-spool.ts';
import type { PairRow } from '../store/model.ts';
import type { Store } from '../store/open-store.ts';

export interface RevealDeps {
  readonly settings: RevealSettings;
  readonly store: {
    readonly pairs: Pick<Store['pairs'], 'pair'>;
    readonly sealedValues: Pick<Store['sealedValues'], 'of'>;
  };
  readonly spool: Pick<AuditSpool, 'recordOrFail'>;
  readonly nowIso: () => string;
}

const notSet =
  'No redacted value is kept: FICUS_REVEAL_KEY is not set. With it, what `redact` rules hide from then on is kept ' +
  'sealed; docs/security.md says how.';

/** Opens what was sealed with a pair, once the audit has it who asked for what; the audit never has the values. */
export function createReveal({ settings, store, spool, nowIso }: RevealDeps): RevealValues {
  const keys = new Map(settings.keys.map((key) => [sealingKeyId(key), key]));

  return async (id, marks, actor, reason) => {
    const pair = await store.pairs.pair(id);
    if (!pair) return { done: false, code: 'unknown_pair', reason: `There is no pair "${id}".` };
    if (keys.size === 0) return { done: false, code: 'values_not_kept', reason: notSet };
    const row = await store.sealedValues.of(pair);
    const key = row && keys.get(row.keyId);
    if (row && !key) {
      const reason = `It was sealed with the key ${row.keyId}, which this Ficus does not have: add it behind the first.`;
      return { done: false, code: 'values_not_kept', reason };
    }
    const opened = (row && key && openSealed(row.sealed, key, id)) ?? [];
    const values = opened.filter(({ mark }) => marks.includes(mark));
    if (values.length === 0) {
      const reason =
        `Nothing of it is kept. Only what \`redact\` rules hide is, for ${settings.maxAgeDays} days and within limits; ` +
        'credentials, card numbers, and what Ficus hides by itself never are.';
      return { done: false, code: 'values_not_kept', reason };
    }
    await spool.recordOrFail(entryOf(pair, values, actor, reason));
    const known = new Set(values.map(({ mark }) => mark));
    return { done: true, values, notKept: marks.filter((mark) => !known.has(mark)) };
  };

  function entryOf(
    { id, migration, route }: PairRow,
    values: readonly { readonly mark: string; readonly rule: string }[],
    { name }: Actor,
    reason: string,
  ) {
    const detail = { pair: id, route, places: values.map(({ rule, mark }) => ({ rule, mark })) };
    return { at: nowIso(), actor: name, action: 'reveal', migration, reason, detail };
  }
}
