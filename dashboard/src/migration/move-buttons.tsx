import { useState } from 'react';
import type { GateAnswer, MigrationStatus, MoveDone } from '../../../proxy/admin/api-types.ts';
import { percent, visible } from '../format.ts';
import { GuardedButton } from '../moves/guarded-button.tsx';
import { useMoves } from '../moves/make-move.ts';
import { useWhyNot } from '../moves/permission.ts';
import { useRollBack } from '../moves/roll-back.tsx';
import { Notice } from '../parts/notice.tsx';
import { ReasonDialog } from '../parts/reason-dialog.tsx';
import { DrillDialog } from './drill-dialog.tsx';
import { OverrideDialog } from './override-dialog.tsx';
import { PromoteDialog } from './promote-dialog.tsx';
import { type ReasonMove, reasonMoves } from './reason-moves.ts';
import { ShadowDialog } from './shadow-dialog.tsx';

type Move = 'shadow' | 'promote' | 'override' | 'drill' | ReasonMove;

interface MoveButtonsProps {
  readonly id: string;
  /** Undefined while it is not known: roll back needs none. */
  readonly status: MigrationStatus | undefined;
  readonly gate: GateAnswer | undefined;
}

/** What every dialog of a move is given. */
export interface MoveDialogProps {
  readonly id: string;
  readonly status: MigrationStatus | undefined;
  readonly make: (path: string, body: object) => Promise<void>;
  readonly onLookAgain: () => Promise<void>;
  readonly onClose: () => void;
}

export const reasonOf = (reason: string): object => (reason === '' ? {} : { reason });

export function MoveButtons({ id, status, gate }: MoveButtonsProps) {
  const [asking, setAsking] = useState<{ readonly move: Move; readonly ifMatch: string }>();
  const [done, setDone] = useState<Pick<MoveDone, 'text' | 'warnings' | 'deletable'>>();
  const { make, lookAgain } = useMoves();
  const rollBack = useRollBack();
  const whyNot = useWhyNot();
  const noMoving = whyNot('operator');
  const nextStep = gate?.nextStep;
  // What is decided is decided on what stood there when the dialog opened, whatever was read since.
  const ask = (move: Move) => {
    setDone(undefined);
    setAsking({ move, ifMatch: status ? `"${status.revision}"` : '*' });
  };
  const open = asking?.move;
  const dialog: MoveDialogProps = {
    id,
    status,
    make: async (path, body) => setDone(await make(id, path, body, asking?.ifMatch)),
    async onLookAgain() {
      const { revision } = await lookAgain(id);
      setAsking((before) => before && { ...before, ifMatch: `"${revision}"` });
    },
    onClose: () => setAsking(undefined),
  };
  const isUnderWay = status !== undefined && status.share.effective > 0;
  return (
    <div className="moves">
      <div className="buttons">
        {status &&
          reasonMoves(status).map((one) => (
            <GuardedButton key={one.path} whyNot={noMoving} onClick={() => ask(one)}>
              {one.button} …
            </GuardedButton>
          ))}
        {isUnderWay && (
          <GuardedButton whyNot={noMoving} onClick={() => ask('drill')}>
            Drill …
          </GuardedButton>
        )}
        <GuardedButton whyNot={noMoving} onClick={() => ask('shadow')}>
          Shadow …
        </GuardedButton>
        {gate && gate.state !== 'open' && nextStep !== undefined && (
          <GuardedButton whyNot={whyNot('admin')} onClick={() => ask('override')}>
            Override …
          </GuardedButton>
        )}
        <GuardedButton className="primary" whyNot={noMoving} onClick={() => ask('promote')}>
          Promote{nextStep !== undefined && ` to ${percent(nextStep)}`} …
        </GuardedButton>
        <GuardedButton className="danger" whyNot={noMoving} onClick={() => rollBack(id)}>
          Roll back <span className="hidden">{visible(id)}</span> …
        </GuardedButton>
      </div>
      {noMoving !== undefined && <p className="muted small">{noMoving.replace('This', 'Moving')}</p>}
      <div aria-live="polite">{done && <Done done={done} onDismiss={() => setDone(undefined)} />}</div>
      {open === 'shadow' && <ShadowDialog {...dialog} />}
      {open === 'promote' && <PromoteDialog {...dialog} nextStep={nextStep} />}
      {open === 'override' && <OverrideDialog {...dialog} nextStep={nextStep} />}
      {open === 'drill' && <DrillDialog {...dialog} />}
      {typeof open === 'object' && (
        <ReasonDialog
          title={`${open.title} ${visible(id)}`}
          action={open.button}
          needsReason
          onConfirm={(reason) => dialog.make(open.path, { reason })}
          onLookAgain={dialog.onLookAgain}
          onClose={dialog.onClose}
        >
          <p>{open.text}</p>
        </ReasonDialog>
      )}
    </div>
  );
}

interface DoneProps {
  readonly done: Pick<MoveDone, 'text' | 'warnings' | 'deletable'>;
  readonly onDismiss: () => void;
}

function Done({ done: { text, warnings, deletable }, onDismiss }: DoneProps) {
  const lists = deletable
    ? ([
        ['Flags', deletable.flags],
        ['In routes.yaml', deletable.settings],
        ['Handlers of the monolith', deletable.monolithHandlers],
      ] as const)
    : [];
  return (
    <Notice tone={warnings.length > 0 ? 'warn' : 'good'} title={visible(text)}>
      {warnings.length > 0 && visible(warnings.join(' '))}
      {lists.length > 0 && <p>What nobody needs any more:</p>}
      {lists.map(([title, names]) => (
        <details key={title} open>
          <summary>
            {title} ({names.length})
          </summary>
          <ul>
            {names.map((name) => (
              <li key={name}>
                <code>{visible(name)}</code>
              </li>
            ))}
          </ul>
        </details>
      ))}
      <button type="button" className="quiet" onClick={onDismiss}>
        Dismiss
      </button>
    </Notice>
  );
}
