import { visible } from '../format.ts';

const redaction = /(‹redacted:[0-9a-f]{8}›)/;

/** A text from traffic, where what Ficus hid before storing it shows as hidden. Equal hashes were equal values. */
export function Redactable({ text, lines = false }: { text: string; lines?: boolean }) {
  const parts = text.split(redaction);
  if (parts.length === 1) return visible(text, lines);
  return parts.map((part, index) =>
    index % 2 === 1 ? (
      <span
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text have nothing but their order
        key={index}
        className="redacted"
        title="Hidden before it was stored; equal marks were equal values"
      >
        hidden {part.slice(10, -1)}
      </span>
    ) : (
      visible(part, lines)
    ),
  );
}
