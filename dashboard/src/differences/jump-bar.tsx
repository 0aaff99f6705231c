import { useShortcuts } from '../parts/shortcuts.ts';
import type { PairStop } from './pair-stops.ts';

interface JumpBarProps {
  readonly stops: readonly PairStop[];
  readonly at: string | undefined;
  readonly onGo: (step: 1 | -1) => void;
}

/** Goes through the places of a pair that differ; stays in sight while they are gone through. */
export function JumpBar({ stops, at, onGo }: JumpBarProps) {
  useShortcuts({ n: () => onGo(1), p: () => onGo(-1) });
  const now = stops.findIndex(({ id }) => id === at);
  const own = stops.filter(({ isOwn }) => isOwn).length;
  const all = `${stops.length} differing ${stops.length === 1 ? 'place' : 'places'}`;
  return (
    <div className="jump-bar">
      <span className="muted" role="status">
        {now >= 0 ? `${now + 1} of ${all}` : all}
        {own < stops.length && own > 0 && `, ${own} of this signature`}
      </span>
      <span className="buttons">
        <button type="button" className="small-button" onClick={() => onGo(-1)} disabled={stops.length === 0}>
          Previous <kbd>p</kbd>
        </button>
        <button type="button" className="small-button" onClick={() => onGo(1)} disabled={stops.length === 0}>
          Next <kbd>n</kbd>
        </button>
      </span>
    </div>
  );
}
