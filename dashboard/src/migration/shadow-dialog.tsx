import { useId, useState } from 'react';
import { visible } from '../format.ts';
import { ReasonDialog } from '../parts/reason-dialog.tsx';
import { type MoveDialogProps, reasonOf } from './move-buttons.tsx';
import { PercentField } from './percent-field.tsx';

const usualShares = [1, 10, 100];

export function ShadowDialog({ id, status, make, onLookAgain, onClose }: MoveDialogProps) {
  const now = status?.shadowShare;
  const [share, setShare] = useState(String(now === undefined || now === 0 ? 10 : now));
  return (
    <ReasonDialog
      title={`Shadow ${visible(id)}`}
      action="Copy requests"
      needsReason={false}
      fields={
        <PercentField
          id={useId()}
          label="Share of requests to copy"
          value={share}
          onValue={setShare}
          choices={usualShares}
        />
      }
      onConfirm={(reason) => make('shadow', { share: Number(share), ...reasonOf(reason) })}
      onLookAgain={onLookAgain}
      onClose={onClose}
    >
      <p>
        Clients notice nothing: they get the monolith's answer, and a copy goes to the service to be compared.
      </p>
    </ReasonDialog>
  );
}
