import { useQuery } from '@tanstack/react-query';
import { readiness } from '../api/queries.ts';
import { visible } from '../format.ts';
import { Notice } from '../parts/notice.tsx';
import { partsAway } from './parts-away.ts';

/** Which parts are away, and what still works: on every screen while it is so. */
export function Degraded() {
  const { data } = useQuery(readiness);
  const away = data ? partsAway(data) : [];
  if (away.length === 0) return null;
  const names = away.map(({ name }) => name).join(', ');
  return (
    <Notice tone="warn" title={`Away: ${names}`}>
      <ul>
        {away.map(({ name, text, detail }) => (
          <li key={name}>
            <strong>{visible(name)}</strong>: {text}
            {detail !== undefined && <span className="muted below">{visible(detail)}</span>}
          </li>
        ))}
      </ul>
      Traffic, status and gates go on, and roll back and the kill switch work.
    </Notice>
  );
}
