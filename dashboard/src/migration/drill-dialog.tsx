import { useState } from 'react';
import { percent, visible } from '../format.ts';
import { PreviewBox } from '../moves/preview-box.tsx';
import { ReasonDialog } from '../parts/reason-dialog.tsx';
import type { MoveDialogProps } from './move-buttons.tsx';

/** Over it the admin plane wants to hear that somebody is sure. */
const unaskedShare = 50;

/** The way back, for real, and measured. */
export function DrillDialog({ id, status, make, onClose }: MoveDialogProps) {
  const [isSure, setSure] = useState(false);
  const share = status?.share.effective ?? 0;
  const mustBeSure = share > unaskedShare;
  return (
    <ReasonDialog
      title={`Drill the way back of ${visible(id)}`}
      action="Take it back and give it again"
      needsReason
      fields={
        mustBeSure && (
          <label className="check">
            <input
              type="checkbox"
              required
              checked={isSure}
              onChange={({ target }) => setSure(target.checked)}
            />{' '}
            The monolith can take {percent(share)} of the users at once
          </label>
        )
      }
      onConfirm={(reason) => make('drill', { reason, ...(mustBeSure && { yes: isSure }) })}
      onClose={onClose}
    >
      <p>
        {percent(share)} of the users go to the monolith for some seconds, as a roll back would send them, and
        come back. How long the way back takes is measured, and whether anybody's request failed.
      </p>
      <PreviewBox id={id} share={0} />
    </ReasonDialog>
  );
}
