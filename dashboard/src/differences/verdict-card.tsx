import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useRef, useState } from 'react';
import type { KeptVerdict, ListedSignature } from '../../../proxy/admin/api-types.ts';
import { session } from '../api/queries.ts';
import { visible } from '../format.ts';
import { Refused } from '../parts/reason-dialog.tsx';
import { useShortcuts } from '../parts/shortcuts.ts';
import { Time } from '../parts/time.tsx';
import { type Judged, judge, mayJudge, undo } from './judging.ts';
import { requestOf, useVerdictDraft, type Verdict, VerdictFields } from './verdict-fields.tsx';

interface VerdictCardProps {
  readonly about: ListedSignature;
  /** Newest first. */
  readonly verdicts: readonly KeptVerdict[];
  readonly onJudged: (judged: Judged) => void;
}

export function VerdictCard({ about, verdicts, onJudged }: VerdictCardProps) {
  const role = useQuery(session).data?.role;
  return (
    <section className="card" aria-labelledby="verdict-title">
      <h2 id="verdict-title">Verdict</h2>
      {mayJudge(role) ? (
        <VerdictForm about={about} onJudged={onJudged} />
      ) : (
        <p className="muted">Judging wants the role qa; you are {role}.</p>
      )}
      {verdicts.length > 0 && <History verdicts={verdicts} mayUndo={mayJudge(role)} />}
    </section>
  );
}

function VerdictForm({ about, onJudged }: Omit<VerdictCardProps, 'verdicts'>) {
  const queries = useQueryClient();
  const reasonField = useRef<HTMLInputElement>(null);
  const [draft, setDraft] = useVerdictDraft();
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);

  const choose = (verdict: Verdict) => {
    setDraft({ ...draft, verdict });
    reasonField.current?.focus();
  };
  useShortcuts({ b: () => choose('bug'), e: () => choose('expected'), o: () => choose('noise') });

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const request = requestOf(draft);
    if (!request) return;
    setBusy(true);
    setError(undefined);
    try {
      onJudged(await judge([about], request));
      setDraft({ ...draft, reason: '' });
      await queries.invalidateQueries();
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };

  return (
    <form onSubmit={submit} className="verdict">
      <VerdictFields draft={draft} onDraft={setDraft} reasonField={reasonField} />
      {error !== undefined && <Refused error={error} />}
      <div className="buttons end">
        <button type="submit" className="primary" disabled={isBusy}>
          Judge
        </button>
      </div>
    </form>
  );
}

/** What was decided and taken back; the newest can be, for as long as nothing newer stands. */
function History({ verdicts, mayUndo }: { verdicts: readonly KeptVerdict[]; mayUndo: boolean }) {
  const queries = useQueryClient();
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const newest = verdicts[0]!;
  const takeBack = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await undo({ verdicts: [newest] });
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
      await queries.invalidateQueries();
    }
  };
  return (
    <>
      <div className="section-head">
        <h3>Until now</h3>
        {mayUndo && newest.verdict !== 'withdrawn' && (
          <button type="button" className="small-button" onClick={takeBack} disabled={isBusy}>
            Take the newest back
          </button>
        )}
      </div>
      {error !== undefined && <Refused error={error} />}
      <ol className="timeline narrow">
        {verdicts.map((one) => (
          <li key={one.seq}>
            <span className="muted">
              <Time at={one.at} />
            </span>
            <Decision of={one} />
          </li>
        ))}
      </ol>
    </>
  );
}

function Decision({
  of: { verdict, owner, actor, reason, serviceBuild, until, undoes },
}: {
  of: KeptVerdict;
}) {
  if (verdict === 'withdrawn') {
    return (
      <span>
        <strong>taken back</strong> by {visible(actor)}: nothing is decided
        <span className="said">{visible(reason)}</span>
      </span>
    );
  }
  return (
    <span>
      <strong>
        {verdict}
        {undoes !== undefined && ' again'}
      </strong>{' '}
      {undoes === undefined ? (
        <>by {visible(owner)}</>
      ) : (
        <>as {visible(actor)} took back what came after it</>
      )}
      , in build {visible(serviceBuild)}
      {until !== undefined && (
        <>
          , until <Time at={until} />
        </>
      )}
      <span className="said">{visible(reason)}</span>
    </span>
  );
}
