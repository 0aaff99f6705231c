import type { ListedSignature } from '../../../proxy/admin/api-types.ts';
import { Badge } from '../parts/badge.tsx';
import type { Tone } from '../parts/notice.tsx';

const tones: Readonly<Record<ListedSignature['state'], Tone>> = {
  unjudged: 'warn',
  expired: 'warn',
  returned: 'warn',
  bug: 'bad',
  expected: 'good',
  noise: 'calm',
};

const texts: Readonly<Record<ListedSignature['state'], string>> = {
  unjudged: 'unjudged',
  expired: 'verdict expired',
  returned: 'no noise any more',
  bug: 'bug',
  expected: 'expected',
  noise: 'noise',
};

/** What was decided on it, or that nothing was. */
export function Standing({ signature: { state, by, trend } }: { signature: ListedSignature }) {
  // That noise is new holds nothing up.
  const isOpen = state !== 'noise' && state !== 'expected';
  return (
    <span className="standing">
      <Badge tone={tones[state]}>
        {texts[state]}
        {state === 'noise' && by === 'measured' && ', measured'}
      </Badge>
      {isOpen && trend !== undefined && <Badge tone={trend === 'new' ? 'warn' : 'bad'}>{trend}</Badge>}
    </span>
  );
}
