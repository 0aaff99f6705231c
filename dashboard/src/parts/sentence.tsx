import { visible } from '../format.ts';

/** A sentence of Ficus, in which commands stand between backticks. */
export function Sentence({ text }: { text: string }) {
  const parts = visible(text).split('`');
  // An odd number of backticks comes from elsewhere, and means nothing.
  if (parts.length % 2 === 0) return parts.join('`');
  return parts.map((part, index) =>
    index % 2 === 1 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text have nothing but their order
      <code key={index}>{part}</code>
    ) : (
      part
    ),
  );
}
