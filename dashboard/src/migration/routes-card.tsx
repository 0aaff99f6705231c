import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { RouteReport } from '../../../proxy/admin/api-types.ts';
import { routes } from '../api/move-queries.ts';
import { count, ratio, visible } from '../format.ts';
import { Badge } from '../parts/badge.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Time } from '../parts/time.tsx';

const shadowTexts: Readonly<Record<RouteReport['shadow'], string>> = {
  compare: 'compared',
  'dry-run': 'as a dry run',
  record: 'recorded, not copied',
  never: 'never copied',
};

/** What traffic has shown of each route. */
export function RoutesCard({ id }: { id: string }) {
  const query = useQuery(routes(id));
  return (
    <section className="card" aria-labelledby="routes-title">
      <h2 id="routes-title">Routes</h2>
      <Loaded query={query}>
        {({ routes: all }) => (
          <div className="scrolls">
            <table className="plain-table routes">
              <thead>
                <tr>
                  <th scope="col">Route</th>
                  <th scope="col" className="number">
                    A minute
                  </th>
                  <th scope="col" className="number">
                    Pairs
                  </th>
                  <th scope="col" className="number">
                    Agreement
                  </th>
                  <th scope="col" className="number">
                    In pacts
                  </th>
                  <th scope="col">Last asked for</th>
                </tr>
              </thead>
              <tbody>
                {all.map((route) => (
                  <Row key={route.route} id={id} route={route} />
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Loaded>
    </section>
  );
}

function Row({ id, route: one }: { id: string; route: RouteReport }) {
  const { route, shadow, agreed, differed, incomparable, agreementAtLeast, kinds, kindsInPacts } = one;
  return (
    <tr>
      <th scope="row">
        <code>{visible(route)}</code>
        {shadow !== 'compare' && <span className="muted below">{shadowTexts[shadow]}</span>}
        <Coverage coverage={one.coverage} />
      </th>
      <td className="number" data-label="A minute">
        {count(one.requestsPerMinute < 10 ? one.requestsPerMinute : Math.round(one.requestsPerMinute))}
      </td>
      <td className="number" data-label="Pairs">
        {count(agreed + differed + incomparable)}
        {differed > 0 && (
          <span className="below">
            <Link to="/differences" search={{ migration: id, q: route }}>
              {count(differed)} differ
            </Link>
          </span>
        )}
      </td>
      <td className="number" data-label="Agreement">
        {agreementAtLeast === undefined ? <span className="muted">–</span> : `≥ ${ratio(agreementAtLeast)}`}
      </td>
      <td className="number" data-label="In pacts">
        {kinds === 0 ? <span className="muted">–</span> : `${kindsInPacts} of ${kinds}`}
      </td>
      <td data-label="Last asked for">
        {one.lastSeenAt === undefined ? (
          <span className="muted">not since the start</span>
        ) : (
          <Time at={one.lastSeenAt} />
        )}
      </td>
    </tr>
  );
}

/** What of the route pairs have shown, folded. */
function Coverage({ coverage }: { coverage: RouteReport['coverage'] }) {
  if (coverage.length === 0) return null;
  const never = coverage.filter(({ compared }) => compared === 0).length;
  return (
    <details className="small">
      <summary>Coverage {never > 0 && <Badge tone="warn">{never} never compared</Badge>}</summary>
      <ul className="plain">
        {coverage.map(({ dimension, value, compared, incomparable }) => (
          <li key={`${dimension} ${value}`}>
            {visible(dimension)} <code>{visible(value)}</code>: {count(compared)} compared
            {incomparable > 0 && `, ${count(incomparable)} not comparable`}
          </li>
        ))}
      </ul>
    </details>
  );
}
