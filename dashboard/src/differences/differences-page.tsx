import { useQueries, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { ListedSignature, MigrationStatus } from '../../../proxy/admin/api-types.ts';
import { migrations, signatures } from '../api/queries.ts';
import { count, counted, visible } from '../format.ts';
import { Heading } from '../parts/heading.tsx';
import { Loaded, Waiting } from '../parts/loaded.tsx';
import { Notice } from '../parts/notice.tsx';
import { filterSignatures, groupOf, rankText, sortSignatures } from './filter.ts';
import { FilterBar } from './filter-bar.tsx';
import { JudgingList } from './judging-list.tsx';

const route = getRouteApi('/differences');

export function DifferencesPage() {
  const query = useQuery(migrations);
  return (
    <>
      <Heading title="Differences" />
      <Loaded query={query}>{({ migrations: all }) => <Differences all={all} />}</Loaded>
    </>
  );
}

function Differences({ all }: { all: readonly MigrationStatus[] }) {
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  // Of fifty migrations few are being compared: only those have anything to list.
  const asked =
    filter.migration === undefined
      ? all.filter(({ pairs }) => pairs.differed > 0).map(({ id }) => id)
      : [filter.migration];
  const { listed, failed, isWaiting } = useQueries({
    queries: asked.map((id) => signatures(id)),
    combine: (results) => ({
      listed: results.flatMap(({ data }) => data?.signatures ?? []),
      failed: results.find(({ error }) => error)?.error,
      isWaiting: results.some(({ isPending, error }) => isPending && !error),
    }),
  });
  const shown = useMemo(
    () => sortSignatures(filterSignatures(listed, filter), filter.sort),
    [listed, filter],
  );
  const routes = useMemo(() => [...new Set(listed.map((one) => one.route))].sort(), [listed]);
  return (
    <>
      {failed && <Notice tone="warn" title={failed.message} />}
      <FilterBar
        migrations={all.map(({ id }) => id)}
        routes={routes}
        filter={filter}
        onFilter={(search) => void navigate({ search, replace: true })}
      />
      {isWaiting && listed.length === 0 ? (
        <Waiting />
      ) : listed.length === 0 ? (
        <NothingDiffers filtered={filter.migration} all={all} />
      ) : (
        <>
          <p className="muted">
            {summary(listed, shown.length)} {filter.sort === undefined && rankText}
          </p>
          {shown.length === 0 ? (
            <p className="empty">
              None of them fits. <Link to="/differences">Show all</Link>
            </p>
          ) : (
            <JudgingList shown={shown} withMigration={filter.migration === undefined} />
          )}
        </>
      )}
    </>
  );
}

function summary(all: readonly ListedSignature[], shown: number): string {
  const open = all.filter((one) => groupOf(one) === 'open').length;
  const bugs = all.filter((one) => groupOf(one) === 'bug').length;
  const sentence = `${counted(all.length, 'kind')} of difference: ${count(open)} to judge, ${counted(bugs, 'bug')}.`;
  return shown === all.length ? sentence : `${sentence} ${count(shown)} shown.`;
}

function NothingDiffers({
  filtered,
  all,
}: {
  filtered: string | undefined;
  all: readonly MigrationStatus[];
}) {
  const about = filtered === undefined ? all : all.filter(({ id }) => id === filtered);
  const isCompared = about.some(({ pairs }) => pairs.agreed > 0);
  return (
    <div className="card first">
      <h2>Nothing differs</h2>
      {isCompared ? (
        <p>Every pair under the builds and rules of now agrees.</p>
      ) : (
        <>
          <p>Nothing was compared yet: no request is copied to the other side.</p>
          <p>
            Next: open a migration and press Shadow, or run{' '}
            <code>ficus shadow {visible(filtered ?? about[0]?.id ?? 'ID')} --share 10%</code>.{' '}
            <Link to="/">All migrations</Link>
          </p>
        </>
      )}
    </div>
  );
}
