import type { PairRow } from '../../../proxy/admin/api-types.ts';
import { visible } from '../format.ts';
import { PairActions } from './pair-actions/pair-actions.tsx';

/** What a pair is, and what can be done with it. */
export function PairToolbar({ pair }: { pair: PairRow }) {
  const { id, monolithBuild, serviceBuild } = pair;
  return (
    <div className="pair-toolbar">
      <span className="muted">
        Pair <code>{visible(id)}</code>
        {monolithBuild !== undefined && serviceBuild !== undefined && (
          <>
            , monolith {visible(monolithBuild)}, service {visible(serviceBuild)}
          </>
        )}
      </span>
      <PairActions pair={pair} />
    </div>
  );
}
