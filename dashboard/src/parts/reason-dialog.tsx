import { type FormEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { ApiError } from '../api/client.ts';
import { Sentence } from './sentence.tsx';

interface ReasonDialogProps {
  readonly title: string;
  /** What it does to whom. */
  readonly children: ReactNode;
  readonly action: string;
  readonly isDangerous?: boolean;
  readonly needsReason: boolean;
  /** More fields of the form. */
  readonly fields?: ReactNode;
  readonly onConfirm: (reason: string) => Promise<void>;
  /** Reads what somebody else changed meanwhile; then it can be asked for once more. */
  readonly onLookAgain?: () => Promise<void>;
  readonly onClose: () => void;
}

/** Asks for a reason, does it, and says why it was refused when it was. */
export function ReasonDialog(props: ReasonDialogProps) {
  const { title, children, action, isDangerous = false, needsReason, fields, onConfirm, onClose } = props;
  const { onLookAgain } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const [reason, setReason] = useState('');
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const id = useId();
  useModal(dialog);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      await onConfirm(reason.trim());
      onClose();
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };
  const lookAgain = async () => {
    try {
      await onLookAgain?.();
      setError(undefined);
    } catch (thrown) {
      setError(thrown);
    }
  };
  const isOvertaken = error instanceof ApiError && error.problem?.code === 'revision_conflict';

  return (
    <dialog ref={dialog} aria-labelledby={`${id}-title`} onClose={onClose}>
      <form onSubmit={submit}>
        <h2 id={`${id}-title`}>{title}</h2>
        <div className="stack">{children}</div>
        {fields}
        <label htmlFor={`${id}-reason`}>
          Reason {!needsReason && <span className="muted">(optional)</span>}
        </label>
        <input
          id={`${id}-reason`}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
          required={needsReason}
          maxLength={500}
          autoComplete="off"
          placeholder="for the audit"
        />
        {error !== undefined && <Refused error={error} />}
        <div className="buttons end">
          {isBusy && <Elapsed />}
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          {isOvertaken && onLookAgain ? (
            <button type="button" className="primary" onClick={lookAgain}>
              Look again
            </button>
          ) : (
            <button type="submit" className={isDangerous ? 'danger' : 'primary'} disabled={isBusy}>
              {action}
            </button>
          )}
        </div>
      </form>
    </dialog>
  );
}

/** Open while it is there, at its first field; whoever opened it has the focus again when it is gone. */
function useModal(dialog: { readonly current: HTMLDialogElement | null }): void {
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    dialog.current?.querySelector<HTMLElement>('input, select')?.focus();
    return () => {
      // What was pressed may have gone with what it did.
      const after = before instanceof HTMLElement && before.isConnected ? before : null;
      (after ?? document.getElementById('main'))?.focus({ preventScroll: true });
    };
  }, [dialog]);
}

const saidAfterMs = 1000;

/** That something takes long, for what takes long. */
export function Elapsed() {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setSeconds((before) => before + 1), saidAfterMs);
    return () => clearInterval(timer);
  }, []);
  if (seconds === 0) return null;
  return (
    <span className="muted" role="timer">
      {seconds} s …
    </span>
  );
}

/** Why something was not done, one reason a line. */
export function Refused({ error }: { error: unknown }) {
  const reasons = error instanceof ApiError ? error.reasons : [String(error)];
  const title = error instanceof ApiError ? (error.problem?.title ?? 'It was not done') : 'It was not done';
  return (
    <div className="notice bad" role="alert">
      <strong>{title}</strong>
      <ul>
        {reasons.map((reason) => (
          <li key={reason}>
            <Sentence text={reason} />
          </li>
        ))}
      </ul>
    </div>
  );
}
