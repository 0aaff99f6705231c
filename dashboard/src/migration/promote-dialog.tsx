import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { preview } from '../api/move-queries.ts';
import { percent, visible } from '../format.ts';
import { PreviewBox } from '../moves/preview-box.tsx';
import { ReasonDialog } from '../parts/reason-dialog.tsx';
import { type MoveDialogProps, reasonOf } from './move-buttons.tsx';
import { PercentField } from './percent-field.tsx';

export function PromoteDialog(props: MoveDialogProps & { readonly nextStep: number | undefined }) {
  const { id, status, nextStep, make, onLookAgain, onClose } = props;
  const [to, setTo] = useState(String(nextStep ?? 100));
  const steps = useQuery(preview(id, nextStep ?? 100)).data?.steps ?? [];
  const now = status?.share.effective ?? 0;
  return (
    <ReasonDialog
      title={`Promote ${visible(id)}`}
      action="Promote"
      needsReason={false}
      fields={
        <PercentField
          id={useId()}
          label="To"
          value={to}
          onValue={setTo}
          choices={steps.filter((step) => step > now)}
        />
      }
      onConfirm={(reason) => make('promote', { to: Number(to), ...reasonOf(reason) })}
      onLookAgain={onLookAgain}
      onClose={onClose}
    >
      <p>
        The service answers {status ? `${percent(now)} of users now` : 'a share of users'}. If the gate
        refuses, no flag changes and the reasons are shown here.
      </p>
      <PreviewBox id={id} share={to === '' ? Number.NaN : Number(to)} />
    </ReasonDialog>
  );
}
