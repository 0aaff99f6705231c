import { useQuery } from '@tanstack/react-query';
import { readiness } from '../api/queries.ts';
import { visible } from '../format.ts';
import { Notice } from '../parts/notice.tsx';
import { type AwayPart, partsAway } from './parts-away.ts';

/** Which parts are away, and what still works: on every screen while it is so. */
export function Degraded() {
  const { data } = useQuery(readiness);
  const [first, ...more] = data ? partsAway(data) : [];
  if (!first) return null;
  const title = [first, ...more].map((part) => visible(part.title)).join('. ');
  return (
    <Notice tone="warn" title={title}>
      {more.length === 0 ? (
        <p>
          <Told part={first} />
        </p>
      ) : (
        <ul>
          {[first, ...more].map((part) => (
            <li key={part.name}>
              {visible(part.title)}: <Told part={part} />
            </li>
          ))}
        </ul>
      )}
      {data?.parts['workers']?.up !== false &&
        'Traffic, status and gates go on; roll back and the kill switch work.'}
    </Notice>
  );
}

function Told({ part: { text, detail } }: { part: AwayPart }) {
  return (
    <>
      {text} {detail !== undefined && <span className="muted">({visible(detail)})</span>}
    </>
  );
}
