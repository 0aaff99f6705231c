import { type UseInfiniteQueryResult, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import type { AuditRow } from '../../../proxy/admin/api-types.ts';
import { audit, auditCheck } from '../api/queries.ts';
import { count, visible } from '../format.ts';
import { onEvent } from '../live/stream.ts';
import { Heading } from '../parts/heading.tsx';
import { Waiting } from '../parts/loaded.tsx';
import { Notice } from '../parts/notice.tsx';
import { Time } from '../parts/time.tsx';

const route = getRouteApi('/audit');

export function AuditPage() {
  const { q = '' } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useInfiniteQuery(audit);
  const hasNewer = useNewer(query);
  const entries = query.data?.pages.flatMap((page) => page.entries) ?? [];
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = entries.filter(({ actor, action, migration = '', reason }) => {
    const text = `${actor} ${action} ${migration} ${reason}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  return (
    <>
      <Heading title="Audit" aside={<ChainCheck />}>
        <p className="muted">Who moved what, when and why.</p>
      </Heading>
      {query.error && <Notice tone="warn" title={query.error.message} />}
      <search className="filters">
        <label className="grow">
          <span className="hidden">Search</span>
          <input
            type="search"
            placeholder="Search what is loaded: who, what, migration, reason"
            value={q}
            data-shortcut="/"
            onChange={({ target }) =>
              void navigate({ search: target.value === '' ? {} : { q: target.value }, replace: true })
            }
          />
        </label>
        <button type="button" onClick={() => void query.refetch()}>
          {hasNewer ? 'Show newer entries' : 'Read again'}
        </button>
      </search>
      {query.isPending && !query.error ? (
        <Waiting />
      ) : shown.length === 0 ? (
        <p className="empty">
          {entries.length === 0
            ? 'Nothing was done yet: the first move will stand here.'
            : 'None of them fits.'}
        </p>
      ) : (
        <AuditTable entries={shown} />
      )}
      {query.hasNextPage && (
        <button type="button" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          Older entries
        </button>
      )}
    </>
  );
}

/** New rows are shown as they come, but not under somebody who has gone on to older ones: they are told. */
function useNewer({
  data,
  dataUpdatedAt,
  refetch,
}: Pick<UseInfiniteQueryResult<{ pages: readonly unknown[] }>, 'data' | 'dataUpdatedAt' | 'refetch'>) {
  const [newerAt, setNewerAt] = useState(0);
  const isFirstPage = (data?.pages.length ?? 0) <= 1;
  useEffect(
    () =>
      onEvent(({ type }) => {
        if (type !== 'audit') return;
        if (isFirstPage) void refetch();
        else setNewerAt(Date.now());
      }),
    [isFirstPage, refetch],
  );
  return newerAt > dataUpdatedAt;
}

function AuditTable({ entries }: { entries: readonly AuditRow[] }) {
  return (
    <table className="audit">
      <thead>
        <tr>
          <th scope="col" className="number">
            No.
          </th>
          <th scope="col">When</th>
          <th scope="col">What</th>
          <th scope="col">Migration</th>
          <th scope="col">Who</th>
          <th scope="col">Why</th>
        </tr>
      </thead>
      <tbody>
        {entries.map(({ seq, at, action, migration, actor, reason, detail }) => (
          <tr key={seq}>
            <td className="number muted" data-label="No.">
              {count(seq)}
            </td>
            <td data-label="When" className="when">
              <Time at={at} seconds />
            </td>
            <td data-label="What">
              <strong>{visible(action)}</strong>
            </td>
            <td data-label="Migration">
              {migration === undefined ? (
                <span className="muted">–</span>
              ) : (
                <Link to="/migrations/$migration" params={{ migration }}>
                  {visible(migration)}
                </Link>
              )}
            </td>
            <td data-label="Who">{visible(actor)}</td>
            <td data-label="Why">
              {visible(reason)}
              <Detail detail={detail} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Detail({ detail }: { detail: AuditRow['detail'] }) {
  if (Object.keys(detail).length === 0) return null;
  return (
    <details>
      <summary>Detail</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre tabIndex={0}>{visible(JSON.stringify(detail, null, 2), true)}</pre>
    </details>
  );
}

function ChainCheck() {
  const { data, error, isFetching, refetch } = useQuery(auditCheck);
  return (
    <div className="moves">
      <button type="button" disabled={isFetching} onClick={() => void refetch()}>
        Check the chain
      </button>
      {error && <Notice tone="warn" title={error.message} />}
      {data && !error && (
        <Notice
          tone={data.intact ? 'good' : 'bad'}
          title={
            data.intact
              ? `${count(data.rows)} rows, and every hash fits.`
              : `Row ${data.brokenAt} does not fit: it, or one before it, was changed.`
          }
        />
      )}
    </div>
  );
}
