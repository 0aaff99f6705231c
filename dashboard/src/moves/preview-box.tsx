import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { MovePreview } from '../../../proxy/admin/api-types.ts';
import { preview } from '../api/move-queries.ts';
import { count, visible } from '../format.ts';
import { Sentence } from '../parts/sentence.tsx';

const settleMs = 250;

/** Who a share would affect, while somebody thinks about it. `share`: percent; NaN while none is written. */
export function PreviewBox({ id, share }: { id: string; share: number }) {
  const settled = useSettled(share);
  const isShare = settled >= 0 && settled <= 100;
  const { data, error } = useQuery({ ...preview(id, settled), enabled: isShare });
  return (
    <section className="preview" aria-label="Who is affected" aria-live="polite">
      {error ? (
        <p className="muted">Who is affected can not be said now: {error.message}</p>
      ) : data ? (
        <Told preview={data} />
      ) : (
        <p className="muted">Who is affected …</p>
      )}
    </section>
  );
}

function Told({ preview: { sentences, routes, changing, requestsPerMinute } }: { preview: MovePreview }) {
  const [first, ...rest] = sentences;
  return (
    <>
      {first !== undefined && (
        <p>
          <strong>{visible(first)}</strong>
        </p>
      )}
      {rest.length > 0 && (
        <ul>
          {rest.map((text) => (
            <li key={text}>
              <Sentence text={text} />
            </li>
          ))}
        </ul>
      )}
      {requestsPerMinute > 0 && routes.length > 0 && (
        <details>
          <summary>By route</summary>
          <table className="plain-table">
            <thead>
              <tr>
                <th scope="col">Route</th>
                <th scope="col" className="number">
                  a minute
                </th>
                <th scope="col" className="number">
                  to the {changing.to}
                </th>
              </tr>
            </thead>
            <tbody>
              {routes.map(({ route, requestsPerMinute: all, changingPerMinute }) => (
                <tr key={route}>
                  <th scope="row">
                    <code>{visible(route)}</code>
                  </th>
                  <td className="number">{count(all)}</td>
                  <td className="number">{count(changingPerMinute)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      )}
    </>
  );
}

/** What is being written, once it has been left alone for a moment. */
function useSettled(value: number): number {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), settleMs);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
