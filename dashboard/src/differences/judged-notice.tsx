import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { visible } from '../format.ts';
import { Refused } from '../parts/reason-dialog.tsx';
import { useShortcuts } from '../parts/shortcuts.ts';
import { type Judged, undo } from './judging.ts';

/** Long enough to think again (WCAG 2.2.1); after it the history of the verdict still takes it back. */
const shownForMs = 30_000;

interface JudgedNoticeProps {
  /** Undefined: nothing was decided lately. */
  readonly judged: Judged | undefined;
  readonly onClose: () => void;
}

/** What was just decided, at the foot of the page, with the way back. */
export function JudgedNotice({ judged, onClose }: JudgedNoticeProps) {
  const queries = useQueryClient();
  const [undone, setUndone] = useState<{ of: Judged; text?: string; error?: unknown }>();
  const now = undone?.of === judged ? undone : undefined;
  const takeBack = () => {
    if (!judged || now) return;
    setUndone({ of: judged });
    undo(judged)
      .then(({ text }) => setUndone({ of: judged, text }))
      .catch((error: unknown) => setUndone({ of: judged, error }))
      .finally(() => void queries.invalidateQueries());
  };
  useShortcuts({ u: takeBack });
  useEffect(() => {
    if (!judged) return;
    const timer = setTimeout(onClose, shownForMs);
    return () => clearTimeout(timer);
  }, [judged, onClose]);
  return (
    <div className="toast-place" role="status">
      {judged && (
        <div className="toast">
          {now?.error === undefined ? (
            <span>{visible(now?.text ?? judged.text)}</span>
          ) : (
            <Refused error={now.error} />
          )}
          <span className="buttons">
            {now === undefined && (
              <button type="button" className="small-button" onClick={takeBack}>
                Undo <kbd>u</kbd>
              </button>
            )}
            <button type="button" className="small-button" onClick={onClose}>
              Close
            </button>
          </span>
        </div>
      )}
    </div>
  );
}
