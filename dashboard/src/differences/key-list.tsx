import { useEffect, useRef, useState } from 'react';
import { useShortcuts } from '../parts/shortcuts.ts';

export type Keys = readonly (readonly [keys: string, does: string])[];

/** A button that says which keys a screen has; `?` opens it, too. */
export function KeyList({ keys }: { keys: Keys }) {
  const [isOpen, setOpen] = useState(false);
  useShortcuts({ '?': () => setOpen(true) });
  return (
    <>
      <button type="button" className="small-button" onClick={() => setOpen(true)}>
        Keys <kbd>?</kbd>
      </button>
      {isOpen && <KeyDialog keys={keys} onClose={() => setOpen(false)} />}
    </>
  );
}

function KeyDialog({ keys, onClose }: { keys: Keys; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} aria-labelledby="keys-title" onClose={onClose}>
      <h2 id="keys-title">Keys</h2>
      <dl className="facts">
        {keys.map(([key, does]) => (
          <div key={key}>
            <dt>
              {key.split(' ').map((one) => (
                <kbd key={one}>{one}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <p className="muted small">Settings turns single letters off.</p>
      <div className="buttons end">
        <button type="button" onClick={onClose}>
          Close
        </button>
      </div>
    </dialog>
  );
}
