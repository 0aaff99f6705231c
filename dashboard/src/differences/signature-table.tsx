import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { ListedSignature } from '../../../proxy/admin/api-types.ts';
import { count, shareOf, visible } from '../format.ts';
import { Sample } from './sample.tsx';
import { Standing } from './standing.tsx';

const pageSize = 100;

export function SignatureTable({
  shown,
  withMigration,
}: {
  shown: readonly ListedSignature[];
  withMigration: boolean;
}) {
  const [limit, setLimit] = useState(pageSize);
  return (
    <>
      <table className="signatures">
        <thead>
          <tr>
            <th scope="col">Place</th>
            <th scope="col">Stands</th>
            <th scope="col" className="number">
              Pairs
            </th>
            <th scope="col" className="number" title="Of the requests that the monolith was asked twice">
              Monolith with itself
            </th>
            <th scope="col">Monolith → service</th>
          </tr>
        </thead>
        <tbody>
          {shown.slice(0, limit).map((one) => (
            <Row key={`${one.migration} ${one.signature}`} one={one} withMigration={withMigration} />
          ))}
        </tbody>
      </table>
      {shown.length > limit && (
        <button type="button" onClick={() => setLimit(limit + pageSize)}>
          Show {Math.min(pageSize, shown.length - limit)} more of {count(shown.length)}
        </button>
      )}
    </>
  );
}

function Row({ one, withMigration }: { one: ListedSignature; withMigration: boolean }) {
  const { migration, signature, place, route, kind, pairs, routePairs, askedTwice } = one;
  return (
    <tr>
      <th scope="row">
        <Link to="/differences/$migration/$signature" params={{ migration, signature }}>
          <code>{visible(place)}</code>
        </Link>
        <span className="muted below">
          {kind} · {visible(route)}
          {withMigration && ` · ${visible(migration)}`}
        </span>
      </th>
      <td data-label="Stands">
        <Standing signature={one} />
      </td>
      <td data-label="Pairs" className="number">
        {count(pairs)}
        <span className="muted below">{shareOf(pairs, routePairs)}</span>
      </td>
      <td data-label="Monolith with itself" className="number">
        {askedTwice.pairs === 0 ? (
          <span className="muted">not asked</span>
        ) : (
          <>
            {shareOf(askedTwice.monolith, askedTwice.pairs)}
            <span className="muted below">of {count(askedTwice.pairs)}</span>
          </>
        )}
      </td>
      <td data-label="Sample">
        <Sample of={one} />
      </td>
    </tr>
  );
}
