import { markRules } from './compare/compiled-rules.ts';
import type { ComparedMigration } from './compared-migration.ts';

/** How much one rule of a migration was of use since this process knows the rules. */
export interface RuleUse {
  /** `ignore body:/generatedAt`, or `GET /api/orders: ignore …` for a route's own. */
  readonly rule: string;
  /** Pairs of its routes whose answers were gone through: those of the same bytes are not. */
  readonly pairs: number;
  /** Of these, the ones since it last mattered; all of them where it never did. */
  readonly pairsSince: number;
  /** ISO time of the last pair that it mattered in. */
  readonly lastMatchedAt?: string;
}

/** Pairs without any use after which a rule is said to be dead. */
export const deadAfterPairs = 1000;

/** One sentence for each rule that matched nothing for so long that it may go. */
export function deadRules(uses: readonly RuleUse[]): string[] {
  return uses
    .filter(({ pairsSince }) => pairsSince >= deadAfterPairs)
    .map(({ rule }) => {
      const pairs = deadAfterPairs.toLocaleString('en-US');
      return `Rule \`${rule}\` matched nothing in the last ${pairs} pairs; remove it.`;
    });
}

interface Counted {
  readonly text: string;
  /** Undefined: holds for all routes. */
  readonly route: string | undefined;
  pairs: number;
  pairsSince: number;
  lastMatchedAt: string | undefined;
}

/** Counts for every migration which of its rules mattered; other rules start anew. */
export class RuleCounts {
  #migrations: ReadonlyMap<string, { readonly hash: string; readonly rules: readonly Counted[] }> = new Map();

  setMigrations(migrations: readonly ComparedMigration[]): void {
    this.#migrations = new Map(
      migrations.map((migration) => {
        const known = this.#migrations.get(migration.id);
        const isKnown = known?.hash === migration.rulesHash;
        return [migration.id, isKnown ? known : { hash: migration.rulesHash, rules: rulesOf(migration) }];
      }),
    );
  }

  /** `mattered`: indexes of the migration's rules in the order of `CompareJob.allRules`. */
  record(
    { migration, route, at }: { readonly migration: string; readonly route: string; readonly at: string },
    rulesHash: string,
    mattered: readonly number[],
  ): void {
    const known = this.#migrations.get(migration);
    if (known?.hash !== rulesHash) return;
    for (const [index, rule] of known.rules.entries()) {
      if (rule.route !== undefined && rule.route !== route) continue;
      rule.pairs++;
      rule.pairsSince++;
      if (!mattered.includes(index)) continue;
      rule.pairsSince = 0;
      rule.lastMatchedAt = at;
    }
  }

  of(migration: string): RuleUse[] {
    return (this.#migrations.get(migration)?.rules ?? []).map(
      ({ text: rule, pairs, pairsSince, lastMatchedAt }) => ({
        rule,
        pairs,
        pairsSince,
        ...(lastMatchedAt === undefined ? {} : { lastMatchedAt }),
      }),
    );
  }
}

function rulesOf({ shadow: { compare }, routes = [] }: ComparedMigration): Counted[] {
  const counted = (route: string | undefined, texts: readonly string[]): Counted[] =>
    texts.map((text) => ({ text, route, pairs: 0, pairsSince: 0, lastMatchedAt: undefined }));
  const textsOf = (...rules: Parameters<typeof markRules>) =>
    markRules(...rules).map(([, { of }]) => of.text);
  return [
    ...counted(undefined, textsOf(compare)),
    ...routes.flatMap(({ id, compare: own }) => (own ? counted(id, textsOf(own, id)) : [])),
  ];
}
