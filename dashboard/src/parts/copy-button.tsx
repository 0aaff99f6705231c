import { useState } from 'react';

/** Puts a text on the clipboard, and says that it did. Where there is none, the text can be selected beside it. */
export function CopyButton({ text, label = 'Copy' }: { text: string; label?: string }) {
  const [said, setSaid] = useState('');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid('Copied');
    } catch {
      setSaid('Not copied: the browser does not let this page');
    }
  };
  return (
    <span className="buttons">
      <span role="status" className="muted small">
        {said}
      </span>
      <button type="button" onClick={copy}>
        {label}
      </button>
    </span>
  );
}
