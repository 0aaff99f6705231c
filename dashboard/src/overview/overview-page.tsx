import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { MigrationStatus } from '../../../proxy/admin/api-types.ts';
import { migrations } from '../api/queries.ts';
import { EstateProgress } from '../charts/estate-progress.tsx';
import { count } from '../format.ts';
import { Heading } from '../parts/heading.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { filterMigrations, type OverviewFilter, phaseNames } from './filter.ts';
import { FirstSteps } from './first-steps.tsx';
import { MigrationTable } from './migration-table.tsx';

const route = getRouteApi('/');

export function OverviewPage() {
  const query = useQuery(migrations);
  return (
    <>
      <Heading title="Overview" />
      <Loaded query={query}>
        {({ migrations: all }) => (all.length === 0 ? <FirstSteps /> : <Overview all={all} />)}
      </Loaded>
    </>
  );
}

function Overview({ all }: { all: readonly MigrationStatus[] }) {
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const set = (search: OverviewFilter) => void navigate({ search, replace: true });
  const shown = filterMigrations(all, filter);
  const { q: _q, ...withoutText } = filter;
  const { phase: _phase, ...withoutPhase } = filter;
  return (
    <>
      <div className="estate">
        <Summary all={all} />
        <EstateProgress span={filter.span ?? '7d'} onSpan={(span) => set({ ...filter, span })} />
      </div>
      <search className="filters">
        <label className="grow">
          <span className="hidden">Search</span>
          <input
            type="search"
            placeholder="Search by name, owner or service"
            value={filter.q ?? ''}
            data-shortcut="/"
            onChange={({ target }) => set(target.value === '' ? withoutText : { ...filter, q: target.value })}
          />
        </label>
        <label>
          <span className="hidden">Phase</span>
          <select
            value={filter.phase ?? ''}
            onChange={({ target }) => {
              const phase = phaseNames.find((one) => one === target.value);
              set(phase ? { ...filter, phase } : withoutPhase);
            }}
          >
            <option value="">Every phase</option>
            {phaseNames.map((phase) => (
              <option key={phase}>{phase}</option>
            ))}
          </select>
        </label>
      </search>
      {shown.length === 0 ? (
        <p className="empty">
          None of {all.length} fits.{' '}
          <button
            type="button"
            className="quiet"
            onClick={() => set(filter.span ? { span: filter.span } : {})}
          >
            Show all
          </button>
        </p>
      ) : (
        <MigrationTable shown={shown} filter={filter} onFilter={set} />
      )}
    </>
  );
}

/** The estate in four numbers. */
function Summary({ all }: { all: readonly MigrationStatus[] }) {
  const moved = all.filter(({ phase }) => phase === 'service' || phase === 'retired').length;
  const underWay = all.filter(({ phase }) => phase === 'shadow' || phase === 'canary').length;
  const latched = all.filter(({ latch }) => latch !== undefined).length;
  const perMinute = all.reduce(
    (sum, { traffic }) => ({
      service: sum.service + traffic.service.lastMinute.requests,
      all: sum.all + traffic.service.lastMinute.requests + traffic.monolith.lastMinute.requests,
    }),
    { service: 0, all: 0 },
  );
  return (
    <dl className="figures">
      <div>
        <dt>Moved</dt>
        <dd>
          {moved} <span className="muted">of {all.length}</span>
        </dd>
      </div>
      <div>
        <dt>Under way</dt>
        <dd>{underWay}</dd>
      </div>
      <div>
        <dt>Answered by services, last minute</dt>
        <dd>
          {count(perMinute.service)} <span className="muted">of {count(perMinute.all)}</span>
        </dd>
      </div>
      <div className={latched > 0 ? 'bad' : ''}>
        <dt>Taken back by the guard</dt>
        <dd>{latched}</dd>
      </div>
    </dl>
  );
}
