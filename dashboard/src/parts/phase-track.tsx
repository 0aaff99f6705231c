import type { Phase } from '../../../proxy/admin/api-types.ts';
import { percent } from '../format.ts';

const phases: readonly Phase[] = ['monolith', 'shadow', 'canary', 'service', 'retired'];

/** Where a migration stands on its way. `share`: percent that the service answers. */
export function PhaseTrack({ phase, share, wide = false }: { phase: Phase; share: number; wide?: boolean }) {
  const reached = phases.indexOf(phase);
  return (
    <ol className={wide ? 'track wide' : 'track'} aria-label="Phases">
      {phases.map((one, index) => {
        const place = index < reached ? 'passed' : index === reached ? 'current' : 'ahead';
        return (
          <li key={one} className={place} {...(place === 'current' && { 'aria-current': 'step' as const })}>
            <span>
              {one}
              {place === 'current' && one === 'canary' && ` ${percent(share)}`}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
