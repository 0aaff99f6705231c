import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import type { ListedSignature } from '../../../proxy/admin/api-types.ts';
import { counted, visible } from '../format.ts';
import { Refused } from '../parts/reason-dialog.tsx';
import { type Judged, judge } from './judging.ts';
import { requestOf, useVerdictDraft, type Verdict, VerdictFields } from './verdict-fields.tsx';

interface JudgeDialogProps {
  readonly about: readonly ListedSignature[];
  readonly verdict: Verdict | undefined;
  readonly onJudged: (judged: Judged) => void;
  readonly onClose: () => void;
}

/** Places named one by one. */
const named = 5;

/** One decision on one or several signatures. */
export function JudgeDialog({ about, verdict, onJudged, onClose }: JudgeDialogProps) {
  const queries = useQueryClient();
  const dialog = useRef<HTMLDialogElement>(null);
  const reasonField = useRef<HTMLInputElement>(null);
  const [draft, setDraft] = useVerdictDraft(verdict);
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  useEffect(() => {
    dialog.current?.showModal();
    if (verdict !== undefined) reasonField.current?.focus();
  }, [verdict]);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const request = requestOf(draft);
    if (!request) return;
    setBusy(true);
    setError(undefined);
    try {
      const judged = await judge(about, request);
      onClose();
      onJudged(judged);
      await queries.invalidateQueries();
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };

  return (
    <dialog ref={dialog} aria-labelledby="judge-title" onClose={onClose}>
      <form onSubmit={submit} className="verdict">
        <h2 id="judge-title">Judge {counted(about.length, 'difference')}</h2>
        <ul className="plain judged-places">
          {about.slice(0, named).map(({ migration, signature, place, route }) => (
            <li key={`${migration} ${signature}`}>
              <code>{visible(place)}</code> <span className="muted">{visible(route)}</span>
            </li>
          ))}
          {about.length > named && <li className="muted">and {about.length - named} more</li>}
        </ul>
        <VerdictFields draft={draft} onDraft={setDraft} reasonField={reasonField} />
        {error !== undefined && <Refused error={error} />}
        <div className="buttons end">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="primary" disabled={isBusy}>
            Judge
          </button>
        </div>
      </form>
    </dialog>
  );
}
