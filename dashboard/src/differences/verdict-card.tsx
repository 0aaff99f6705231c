import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useRef, useState } from 'react';
import type {
  KeptVerdict,
  ListedSignature,
  Role,
  VerdictDone,
  VerdictRequest,
  VerdictRow,
} from '../../../proxy/admin/api-types.ts';
import { write } from '../api/client.ts';
import { session } from '../api/queries.ts';
import { visible } from '../format.ts';
import { Notice } from '../parts/notice.tsx';
import { Refused } from '../parts/reason-dialog.tsx';
import { useShortcuts } from '../parts/shortcuts.ts';
import { Time } from '../parts/time.tsx';

type Verdict = VerdictRow['verdict'];

const choices: readonly { readonly verdict: Verdict; readonly key: string; readonly about: string }[] = [
  { verdict: 'bug', key: 'b', about: 'The service is to be mended; the gate stays shut until it is.' },
  { verdict: 'expected', key: 'e', about: 'The service is right to differ, until a date.' },
  { verdict: 'noise', key: 'o', about: 'It means nothing: the monolith differs from itself there, too.' },
];

const judges: readonly Role[] = ['qa', 'operator', 'admin'];
const defaultDays = 30;

export function VerdictCard({
  about,
  verdicts,
}: {
  about: ListedSignature;
  verdicts: readonly KeptVerdict[];
}) {
  return (
    <section className="card" aria-labelledby="verdict-title">
      <h2 id="verdict-title">Verdict</h2>
      <VerdictForm about={about} />
      {verdicts.length > 0 && (
        <>
          <h3>Earlier</h3>
          <ol className="timeline">
            {verdicts.map(({ at, verdict, owner, reason, until, serviceBuild }) => (
              <li key={at}>
                <span className="muted">
                  <Time at={at} />
                </span>
                <span>
                  <strong>{verdict}</strong> by {visible(owner)}, in build {visible(serviceBuild)}
                  {until !== undefined && (
                    <>
                      , until <Time at={until} />
                    </>
                  )}
                  <span className="said">{visible(reason)}</span>
                </span>
              </li>
            ))}
          </ol>
        </>
      )}
    </section>
  );
}

function VerdictForm({ about }: { about: ListedSignature }) {
  const queries = useQueryClient();
  const role = useQuery(session).data?.role;
  const reasonField = useRef<HTMLInputElement>(null);
  const [verdict, setVerdict] = useState<Verdict>();
  const [reason, setReason] = useState('');
  const [owner, setOwner] = useState('');
  const [until, setUntil] = useState(() => dayFromNow(defaultDays));
  const [done, setDone] = useState<VerdictDone>();
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);

  const choose = (chosen: Verdict) => {
    setVerdict(chosen);
    reasonField.current?.focus();
  };
  useShortcuts({ b: () => choose('bug'), e: () => choose('expected'), o: () => choose('noise') });

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (verdict === undefined) return;
    setBusy(true);
    setError(undefined);
    try {
      const body: VerdictRequest = {
        verdict,
        reason: reason.trim(),
        ...(owner.trim() !== '' && { owner: owner.trim() }),
        ...(until !== '' && verdict === 'expected' && { until: endOfDay(until) }),
      };
      const result = await write<VerdictDone>(
        `/api/signatures/${encodeURIComponent(about.signature)}/verdict`,
        body,
      );
      setDone(result);
      setReason('');
      await queries.invalidateQueries();
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };

  if (role !== undefined && !judges.includes(role))
    return <p className="muted">Judging wants the role qa; you are {role}.</p>;
  return (
    <form onSubmit={submit} className="verdict">
      <fieldset>
        <legend className="hidden">Verdict</legend>
        {choices.map(({ verdict: one, key, about: meaning }) => (
          <label key={one} className="choice">
            <input
              type="radio"
              name="verdict"
              value={one}
              required
              checked={verdict === one}
              onChange={() => setVerdict(one)}
            />
            <span>
              <strong>{one}</strong> <kbd>{key}</kbd>
              <span className="muted below">{meaning}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <label htmlFor="verdict-reason">Reason</label>
      <input
        id="verdict-reason"
        ref={reasonField}
        value={reason}
        onChange={({ target }) => setReason(target.value)}
        required
        maxLength={500}
        autoComplete="off"
      />
      <div className="two">
        <div>
          <label htmlFor="verdict-owner">Owner</label>
          <input
            id="verdict-owner"
            value={owner}
            onChange={({ target }) => setOwner(target.value)}
            maxLength={100}
            placeholder="the migration's"
            autoComplete="off"
          />
        </div>
        {verdict === 'expected' && (
          <div>
            <label htmlFor="verdict-until">Until</label>
            <input
              id="verdict-until"
              type="date"
              required
              value={until}
              min={dayFromNow(1)}
              max={dayFromNow(364)}
              onChange={({ target }) => setUntil(target.value)}
            />
          </div>
        )}
      </div>
      {error !== undefined && <Refused error={error} />}
      {done && <Notice tone="good" title={visible(done.text)} />}
      <div className="buttons end">
        <button type="submit" className="primary" disabled={isBusy}>
          Judge
        </button>
      </div>
    </form>
  );
}

/** `2026-12-24`, in the reader's zone. */
function dayFromNow(days: number): string {
  const day = new Date();
  day.setDate(day.getDate() + days);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}

const endOfDay = (day: string): string => new Date(`${day}T23:59:59`).toISOString();
