import type { MigrationStatus, SideTraffic } from '../../../proxy/admin/api-types.ts';
import { count, milliseconds, visible } from '../format.ts';

const rows: readonly { readonly title: string; readonly of: (side: SideTraffic) => string }[] = [
  { title: 'Requests, last minute', of: ({ lastMinute }) => count(lastMinute.requests) },
  { title: 'Errors, last minute', of: ({ lastMinute }) => count(lastMinute.errors) },
  {
    title: 'p50',
    of: ({ lastMinute }) => (lastMinute.requests === 0 ? '–' : milliseconds(lastMinute.p50Ms)),
  },
  {
    title: 'p99',
    of: ({ lastMinute }) => (lastMinute.requests === 0 ? '–' : milliseconds(lastMinute.p99Ms)),
  },
  { title: 'Requests since the start', of: ({ requests }) => count(requests) },
  { title: 'Errors since the start', of: ({ errors }) => count(errors) },
];

/** What clients were answered, by each side. */
export function SidesCard({ status: { traffic, builds } }: { status: MigrationStatus }) {
  const dropped = Object.entries(traffic.shadowDropped);
  return (
    <section className="card" aria-labelledby="sides-title">
      <h2 id="sides-title">Both sides</h2>
      <table className="plain-table">
        <thead>
          <tr>
            <td />
            <th scope="col" className="number">
              Monolith <span className="muted">{visible(builds.monolith)}</span>
            </th>
            <th scope="col" className="number">
              Service <span className="muted">{visible(builds.service)}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ title, of }) => (
            <tr key={title}>
              <th scope="row">{title}</th>
              <td className="number">{of(traffic.monolith)}</td>
              <td className="number">{of(traffic.service)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {traffic.fallbacks > 0 && (
        <p>{count(traffic.fallbacks)} requests went to the monolith because the service could not answer.</p>
      )}
      {dropped.length > 0 && (
        <p className="muted">
          Copies not sent or not compared:{' '}
          {dropped.map(([reason, times]) => `${visible(reason)} ${count(times)}`).join(', ')}.
        </p>
      )}
    </section>
  );
}
