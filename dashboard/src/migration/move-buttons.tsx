import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import type { MigrationStatus, MoveDone, Role } from '../../../proxy/admin/api-types.ts';
import { write } from '../api/client.ts';
import { migrationPath, session } from '../api/queries.ts';
import { percent, visible } from '../format.ts';
import { Notice } from '../parts/notice.tsx';
import { ReasonDialog } from '../parts/reason-dialog.tsx';
import { type ReasonMove, reasonMoves } from './reason-moves.ts';

type Move = 'shadow' | 'promote' | 'rollback' | ReasonMove;

interface MoveButtonsProps {
  readonly id: string;
  /** Undefined while it is not known: roll back needs none. */
  readonly status: MigrationStatus | undefined;
  readonly nextStep: number | undefined;
}

const movers: readonly Role[] = ['operator', 'admin'];

export function MoveButtons({ id, status, nextStep }: MoveButtonsProps) {
  const [asking, setAsking] = useState<{ readonly move: Move; readonly ifMatch: string }>();
  const [done, setDone] = useState<MoveDone>();
  const role = useQuery(session).data?.role;
  const queries = useQueryClient();
  const mayMove = role === undefined || movers.includes(role);
  const move = async (path: string, body: object) => {
    const result = await write<MoveDone>(`${migrationPath(id)}/${path}`, body, asking?.ifMatch);
    setDone(result);
    queries.setQueryData(['migrations', id], result.status);
    await queries.invalidateQueries();
  };
  // What is decided is decided on what stood there when the dialog opened, whatever was read since.
  const ask = (move: Move) => setAsking({ move, ifMatch: status ? `"${status.revision}"` : '*' });
  const close = () => setAsking(undefined);
  const open = asking?.move;
  return (
    <div className="moves">
      <div className="buttons">
        {status &&
          reasonMoves(status).map((one) => (
            <button key={one.path} type="button" disabled={!mayMove} onClick={() => ask(one)}>
              {one.button} …
            </button>
          ))}
        <button type="button" disabled={!mayMove} onClick={() => ask('shadow')}>
          Shadow …
        </button>
        <button type="button" className="primary" disabled={!mayMove} onClick={() => ask('promote')}>
          Promote{nextStep !== undefined && ` to ${percent(nextStep)}`} …
        </button>
        <button type="button" className="danger" disabled={!mayMove} onClick={() => ask('rollback')}>
          Roll back …
        </button>
      </div>
      {!mayMove && <p className="muted small">Moving wants the role operator; you are {role}.</p>}
      {done && (
        <Notice tone={done.warnings.length > 0 ? 'warn' : 'good'} title={visible(done.text)}>
          {done.warnings.length > 0 && visible(done.warnings.join(' '))}
        </Notice>
      )}
      {open === 'shadow' && <ShadowDialog id={id} now={status?.shadowShare} move={move} onClose={close} />}
      {open === 'promote' && (
        <PromoteDialog id={id} status={status} nextStep={nextStep} move={move} onClose={close} />
      )}
      {open === 'rollback' && (
        <ReasonDialog
          title={`Roll back ${visible(id)}`}
          action="Roll back"
          isDangerous
          needsReason
          onConfirm={(reason) => move('rollback', { reason })}
          onClose={close}
        >
          <p>
            The monolith answers everybody again, at once.
            {status && ` Now the service answers ${percent(status.share.effective)}.`} It needs no permission
            and no store.
          </p>
        </ReasonDialog>
      )}
      {typeof open === 'object' && (
        <ReasonDialog
          title={`${open.title} ${visible(id)}`}
          action={open.button}
          needsReason
          onConfirm={(reason) => move(open.path, { reason })}
          onClose={close}
        >
          <p>{open.text}</p>
        </ReasonDialog>
      )}
    </div>
  );
}

interface MoveDialogProps {
  readonly id: string;
  readonly move: (path: string, body: object) => Promise<void>;
  readonly onClose: () => void;
}

const reasonOf = (reason: string) => (reason === '' ? {} : { reason });

function ShadowDialog({ id, now, move, onClose }: MoveDialogProps & { now: number | undefined }) {
  const [share, setShare] = useState(String(now === undefined || now === 0 ? 10 : now));
  const field = useId();
  return (
    <ReasonDialog
      title={`Shadow ${visible(id)}`}
      action="Copy requests"
      needsReason={false}
      fields={<PercentField id={field} label="Share of requests to copy" value={share} onValue={setShare} />}
      onConfirm={(reason) => move('shadow', { share: Number(share), ...reasonOf(reason) })}
      onClose={onClose}
    >
      <p>
        Clients notice nothing: they get the monolith's answer, and a copy goes to the service to be compared.
      </p>
    </ReasonDialog>
  );
}

function PromoteDialog(props: MoveDialogProps & Pick<MoveButtonsProps, 'status' | 'nextStep'>) {
  const { id, status, nextStep, move, onClose } = props;
  const [to, setTo] = useState(String(nextStep ?? 100));
  const field = useId();
  return (
    <ReasonDialog
      title={`Promote ${visible(id)}`}
      action="Promote"
      needsReason={false}
      fields={<PercentField id={field} label="To" value={to} onValue={setTo} />}
      onConfirm={(reason) => move('promote', { to: Number(to), ...reasonOf(reason) })}
      onClose={onClose}
    >
      <p>
        The service answers {status ? `${percent(status.share.effective)} of users now` : 'a share of users'},
        and then {percent(Number(to))}. Who is in stays in. If the gate refuses, no flag changes and the
        reasons are shown here.
      </p>
    </ReasonDialog>
  );
}

function PercentField({
  id,
  label,
  value,
  onValue,
}: {
  id: string;
  label: string;
  value: string;
  onValue: (value: string) => void;
}) {
  return (
    <>
      <label htmlFor={id}>{label}</label>
      <span className="with-unit">
        <input
          id={id}
          type="number"
          min={0}
          max={100}
          step="any"
          required
          value={value}
          onChange={({ target }) => onValue(target.value)}
        />
        %
      </span>
    </>
  );
}
