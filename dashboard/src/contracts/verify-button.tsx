import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { PactView, Verification } from '../../../proxy/admin/api-types.ts';
import { write } from '../api/client.ts';
import { migrationPath } from '../api/queries.ts';
import { counted, visible } from '../format.ts';
import { GuardedButton } from '../moves/guarded-button.tsx';
import { useWhyNot } from '../moves/permission.ts';
import { Notice } from '../parts/notice.tsx';
import { Elapsed, Refused } from '../parts/reason-dialog.tsx';

/** A minute for each pact and side, as the admin plane has it, and one more. */
const patienceMs = (pacts: number): number => (2 * pacts + 1) * 60_000;

/** Holds both sides to every pact, which takes as long as it takes; says how it came out. */
export function VerifyButton({ id, pacts }: { id: string; pacts: readonly PactView[] | undefined }) {
  const queries = useQueryClient();
  const whyNot = useWhyNot()('qa');
  const [isRunning, setRunning] = useState(false);
  const [done, setDone] = useState<Verification>();
  const [error, setError] = useState<unknown>();
  const verify = async () => {
    setRunning(true);
    setDone(undefined);
    setError(undefined);
    try {
      const patience = { withinMs: patienceMs(pacts?.length ?? 1) };
      setDone(await write<Verification>(`${migrationPath(id)}/verify`, {}, undefined, patience));
    } catch (thrown) {
      setError(thrown);
    } finally {
      setRunning(false);
      void queries.invalidateQueries();
    }
  };
  const runs = pacts?.reduce((sum, { monolith }) => sum + (monolith === 'not-asked' ? 1 : 2), 0) ?? 0;
  return (
    <div className="moves" aria-live="polite">
      <GuardedButton
        className="primary"
        whyNot={isRunning ? 'It is being verified.' : whyNot}
        onClick={() => void verify()}
      >
        {isRunning ? 'Verifying …' : 'Verify now'}
      </GuardedButton>
      {whyNot !== undefined && <p className="muted small">{whyNot}</p>}
      {isRunning && (
        <p className="muted">
          <progress aria-label="Verifying" /> {counted(runs, 'verification')}, one after the other.{' '}
          <Elapsed />
        </p>
      )}
      {error !== undefined && <Refused error={error} />}
      {done && <Outcome done={done} />}
    </div>
  );
}

function Outcome({ done: { results, problems } }: { done: Verification }) {
  const failed = results.filter(({ outcome, pending }) => outcome === 'failed' && !pending).length;
  return (
    <Notice
      tone={failed > 0 ? 'bad' : problems.length > 0 ? 'warn' : 'good'}
      title={`${results.length - failed} of ${counted(results.length, 'verification')} passed or hold nothing`}
    >
      {problems.length > 0 && visible(problems.join(' '))}
    </Notice>
  );
}
