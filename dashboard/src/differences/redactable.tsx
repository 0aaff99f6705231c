import { visible } from '../format.ts';
import { useReveal } from './pair-actions/reveal.tsx';

const redaction = /‹redacted:([0-9a-f]{8})›/;

/** A text from traffic, where what Ficus hid before storing it shows as hidden. Equal marks were equal values. */
export function Redactable({ text, lines = false }: { text: string; lines?: boolean }) {
  const parts = text.split(redaction);
  if (parts.length === 1) return visible(text, lines);
  return parts.map((part, index) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text have nothing but their order
    index % 2 === 1 ? <Hidden key={index} mark={part} /> : visible(part, lines),
  );
}

/** A button where it can be revealed, and its value for as long as it is. */
function Hidden({ mark }: { mark: string }) {
  const { values, marks, ask } = useReveal();
  const value = values.get(mark);
  if (value !== undefined) {
    return (
      <span className="revealed" title={`Hidden as ${mark}; shown for a short while`}>
        {visible(value)}
      </span>
    );
  }
  if (marks.includes(mark)) {
    return (
      <button
        type="button"
        className="redacted"
        title="Hidden before it was stored: reveal it"
        onClick={() => ask([mark])}
      >
        hidden {mark}
      </button>
    );
  }
  return (
    <span className="redacted" title="Hidden before it was stored; equal marks were equal values">
      hidden {mark}
    </span>
  );
}
