import type { ComparedPair } from '../shadow/pair.ts';

/** Compared pairs, and those among them that differ in what nobody has excused. */
export interface PairsSeen {
  readonly requests: number;
  readonly bad: number;
}

/** Different sets of signatures of one migration that are told apart; what differs beyond is taken for unexcused. */
const maxSets = 1_000;

interface Counts {
  pairs: number;
  /** Pairs that differ, by their signatures. */
  readonly sets: Map<string, { readonly signatures: readonly string[]; pairs: number }>;
  others: number;
}

/** What this process itself has compared since it was last asked: other replicas tell of theirs. */
export class PairsLately {
  readonly #migrations = new Map<string, Counts>();

  add({ migration, outcome, differences }: ComparedPair): void {
    if (outcome === 'incomparable') return;
    let counts = this.#migrations.get(migration);
    if (!counts) {
      counts = { pairs: 0, sets: new Map(), others: 0 };
      this.#migrations.set(migration, counts);
    }
    counts.pairs++;
    if (outcome === 'agreed') return;
    const signatures = [...new Set(differences.map(({ signature }) => signature))].sort();
    const set = signatures.join(' ');
    const known = counts.sets.get(set);
    if (known) known.pairs++;
    else if (counts.sets.size < maxSets) counts.sets.set(set, { signatures, pairs: 1 });
    else counts.others++;
  }

  /** `excused`: signatures that count as agreeing; asked for only where pairs differ. */
  take(migration: string, excused: () => ReadonlySet<string>): PairsSeen {
    const counts = this.#migrations.get(migration);
    if (!counts) return { requests: 0, bad: 0 };
    this.#migrations.delete(migration);
    let bad = counts.others;
    if (counts.sets.size > 0) {
      const known = excused();
      for (const { signatures, pairs } of counts.sets.values())
        if (!signatures.every((signature) => known.has(signature))) bad += pairs;
    }
    return { requests: counts.pairs, bad };
  }
}
