import { type Span, spanNames } from './spans.ts';

/** How far back; each a button that stays down. */
export function SpanChoice({ span, onSpan }: { span: Span; onSpan: (span: Span) => void }) {
  return (
    <fieldset className="spans">
      <legend className="hidden">Time shown</legend>
      {spanNames.map((name) => (
        <button key={name} type="button" aria-pressed={name === span} onClick={() => onSpan(name)}>
          {name.replace(/(\d+)/, '$1 ')}
        </button>
      ))}
    </fieldset>
  );
}
