import { useQuery } from '@tanstack/react-query';
import { createContext, type ReactNode, use, useId, useMemo, useState } from 'react';
import type { MigrationStatus, MoveDone } from '../../../proxy/admin/api-types.ts';
import { migrations } from '../api/queries.ts';
import { percent, visible } from '../format.ts';
import { Notice } from '../parts/notice.tsx';
import { ReasonDialog } from '../parts/reason-dialog.tsx';
import { useShortcuts } from '../parts/shortcuts.ts';
import { GuardedButton } from './guarded-button.tsx';
import { useMoves } from './make-move.ts';
import { useWhyNot } from './permission.ts';
import { PreviewBox } from './preview-box.tsx';

interface RollBack {
  /** Opens the dialog, for a migration, or for one that is to be chosen. */
  readonly ask: (migration?: string) => void;
  /** The last one that was made from here, until somebody has seen it. */
  readonly done: MoveDone | undefined;
  readonly dismiss: () => void;
}

const RollBackContext = createContext<RollBack>({ ask() {}, done: undefined, dismiss() {} });

export const useRollBack = (): RollBack['ask'] => use(RollBackContext).ask;

/** Going back is possible from everywhere: one dialog for every screen, by button and by key. */
export function RollBackFromAnywhere({ isOff, children }: { isOff: boolean; children: ReactNode }) {
  const [asked, setAsked] = useState<{ readonly migration: string | undefined }>();
  const [done, setDone] = useState<MoveDone>();
  const whyNot = useWhyNot()('operator');
  const context = useMemo<RollBack>(
    () => ({
      ask(migration) {
        setDone(undefined);
        setAsked({ migration });
      },
      done,
      dismiss: () => setDone(undefined),
    }),
    [done],
  );
  useShortcuts({
    r: () => {
      if (!isOff && whyNot === undefined) context.ask(migrationOf(document.activeElement));
    },
  });
  return (
    <RollBackContext value={context}>
      {children}
      {asked && (
        <RollBackDialog first={asked.migration} onDone={setDone} onClose={() => setAsked(undefined)} />
      )}
    </RollBackContext>
  );
}

/** What the last roll back from here came to. */
export function RolledBack() {
  const { done, dismiss } = use(RollBackContext);
  return (
    <div aria-live="polite" className="said-once">
      {done && (
        <Notice tone={done.warnings.length > 0 ? 'warn' : 'good'} title={visible(done.text)}>
          {done.warnings.length > 0 && visible(done.warnings.join(' '))}{' '}
          <button type="button" className="quiet" onClick={dismiss}>
            Dismiss
          </button>
        </Notice>
      )}
    </div>
  );
}

/** At the top of every screen. */
export function RollBackButton() {
  const ask = useRollBack();
  const whyNot = useWhyNot()('operator');
  return (
    <GuardedButton
      className="danger"
      whyNot={whyNot}
      onClick={() => ask(migrationOf(document.activeElement))}
    >
      Roll back …
    </GuardedButton>
  );
}

/** Of the row or the page that has the focus. */
function migrationOf(element: Element | null): string | undefined {
  const row = element?.closest('[data-migration]')?.getAttribute('data-migration');
  const page = document.querySelector('main [data-page-migration]')?.getAttribute('data-page-migration');
  return row ?? page ?? undefined;
}

interface DialogProps {
  readonly first: string | undefined;
  readonly onDone: (done: MoveDone) => void;
  readonly onClose: () => void;
}

function RollBackDialog({ first, onDone, onClose }: DialogProps) {
  const all = useQuery(migrations).data?.migrations ?? [];
  const { make } = useMoves();
  // Those that have users at the service first: they are why somebody is here.
  const sorted = [...all].sort(
    (a, b) => b.share.effective - a.share.effective || b.share.asked - a.share.asked,
  );
  const [chosen, setChosen] = useState(first ?? sorted[0]?.id ?? '');
  const status = all.find(({ id }) => id === chosen);
  return (
    <ReasonDialog
      title={first === undefined ? 'Roll back' : `Roll back ${visible(first)}`}
      action="Roll back"
      isDangerous
      needsReason
      fields={first === undefined && <Choice all={sorted} chosen={chosen} onChosen={setChosen} />}
      onConfirm={async (reason) => onDone(await make(chosen, 'rollback', { reason }))}
      onClose={onClose}
    >
      <p>
        The monolith answers everybody again, at once.{' '}
        {status && `Now the service answers ${percent(status.share.effective)}. `}
        It needs no permission and no store, and is never refused.
      </p>
      {status && status.share.effective > 0 && <PreviewBox id={chosen} share={0} />}
    </ReasonDialog>
  );
}

interface ChoiceProps {
  readonly all: readonly MigrationStatus[];
  readonly chosen: string;
  readonly onChosen: (id: string) => void;
}

/** A name can be written where the list is not known. */
function Choice({ all, chosen, onChosen }: ChoiceProps) {
  const field = useId();
  return (
    <>
      <label htmlFor={field}>Migration</label>
      {all.length === 0 ? (
        <input
          id={field}
          value={chosen}
          required
          autoComplete="off"
          onChange={({ target }) => onChosen(target.value)}
        />
      ) : (
        <select id={field} value={chosen} onChange={({ target }) => onChosen(target.value)}>
          {all.map(({ id, phase, share }) => (
            <option key={id} value={id}>
              {visible(id)}: {phase}, {percent(share.effective)}
            </option>
          ))}
        </select>
      )}
    </>
  );
}
