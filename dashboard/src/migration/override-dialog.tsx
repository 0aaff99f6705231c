import { useId, useState } from 'react';
import { visible } from '../format.ts';
import { PreviewBox } from '../moves/preview-box.tsx';
import { Notice } from '../parts/notice.tsx';
import { ReasonDialog } from '../parts/reason-dialog.tsx';
import type { MoveDialogProps } from './move-buttons.tsx';
import { PercentField } from './percent-field.tsx';

const durations = [
  { seconds: 900, text: '15 minutes' },
  { seconds: 3600, text: '1 hour' },
  { seconds: 4 * 3600, text: '4 hours' },
  { seconds: 24 * 3600, text: '24 hours' },
];

/** Break-glass: past the gate, for a time. */
export function OverrideDialog(props: MoveDialogProps & { readonly nextStep: number | undefined }) {
  const { id, nextStep, make, onLookAgain, onClose } = props;
  const [to, setTo] = useState(String(nextStep ?? 100));
  const [seconds, setSeconds] = useState(durations[0]!.seconds);
  const forId = useId();
  return (
    <ReasonDialog
      title={`Past the gate of ${visible(id)}`}
      action="Override the gate"
      isDangerous
      needsReason
      fields={
        <>
          <PercentField id={useId()} label="To" value={to} onValue={setTo} />
          <label htmlFor={forId}>For</label>
          <select
            id={forId}
            value={seconds}
            onChange={({ target }) => setSeconds(Number(target.value))}
            className="short"
          >
            {durations.map((one) => (
              <option key={one.seconds} value={one.seconds}>
                {one.text}
              </option>
            ))}
          </select>
        </>
      }
      onConfirm={(reason) => make('promote', { to: Number(to), reason, override: { forSeconds: seconds } })}
      onLookAgain={onLookAgain}
      onClose={onClose}
    >
      <Notice tone="bad" title="The evidence does not allow this">
        Users get the service's answers although the gate is not open. It ends by itself, is shown to
        everybody while it lasts, and stands in the audit with your name. The guard still takes it back.
      </Notice>
      <PreviewBox id={id} share={to === '' ? Number.NaN : Number(to)} />
    </ReasonDialog>
  );
}
