import { useQuery } from '@tanstack/react-query';
import type { ConfigReport } from '../../../proxy/admin/api-types.ts';
import { config } from '../api/queries.ts';
import { counted, visible } from '../format.ts';
import { Badge } from '../parts/badge.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Time } from '../parts/time.tsx';

/** The routes.yaml that each worker of each replica goes by, and how fresh the flags of each are. */
export function ReplicasCard() {
  const query = useQuery(config);
  return (
    <section className="card wide" aria-labelledby="replicas-title">
      <h2 id="replicas-title">Replicas and workers</h2>
      <Loaded query={query}>
        {(report) => (
          <>
            {report.replicas === undefined && (
              <p className="muted">
                Other replicas are not heard without Postgres; this one speaks for itself.
              </p>
            )}
            <table className="replicas">
              <thead>
                <tr>
                  <th scope="col">Replica</th>
                  <th scope="col">Routes</th>
                  <th scope="col">Workers</th>
                  <th scope="col">Flags</th>
                  <th scope="col">Heard</th>
                </tr>
              </thead>
              <tbody>
                {rowsOf(report).map((row) => (
                  <Row key={row.replica} row={row} own={report} />
                ))}
              </tbody>
            </table>
          </>
        )}
      </Loaded>
    </section>
  );
}

type ReplicaRow = NonNullable<ConfigReport['replicas']>[number];

/** The one that answers speaks for itself: it knows more, and sooner, than Postgres. */
function rowsOf({
  replica,
  hash,
  loadedAt,
  workers,
  flags,
  problems,
  replicas = [],
}: ConfigReport): ReplicaRow[] {
  const now = new Date().toISOString();
  const own = replicas.find((one) => one.replica === replica);
  const startedAt = own?.startedAt ?? loadedAt;
  const others = replicas.filter((one) => one.replica !== replica);
  return [{ replica, hash, startedAt, seenAt: now, workers, flags, refused: problems.length }, ...others];
}

/** `less than 1 s`, `4 s`. */
const age = (ms: number): string => (ms < 1000 ? 'less than 1 s' : `${Math.round(ms / 1000)} s`);

function Row({ row, own }: { row: ReplicaRow; own: ConfigReport }) {
  const { replica, hash, seenAt, workers, flags, refused = 0 } = row;
  const isOwn = replica === own.replica;
  const isOther = hash !== own.hash;
  const behind = workers?.filter((worker) => worker.hash !== hash) ?? [];
  return (
    <tr>
      <th scope="row">
        {visible(replica)}
        {isOwn && <span className="muted below">this one</span>}
      </th>
      <td data-label="Routes">
        <code>{visible(hash)}</code> {isOther && <Badge tone="warn">another one</Badge>}
        {refused > 0 && (
          <span className="below">
            <Badge tone="bad">newer one refused</Badge>
          </span>
        )}
      </td>
      <td data-label="Workers">
        {workers === undefined ? (
          <span className="muted">not said</span>
        ) : behind.length === 0 ? (
          `${counted(workers.length, 'worker')}${workers.length === 1 ? '' : ', all'} at that version`
        ) : (
          <>
            <Badge tone="warn">{behind.length} behind</Badge> of {workers.length}
          </>
        )}
        {workers && (
          <ul className="workers">
            {workers.map((worker) => (
              <li key={worker.pid} className={worker.hash === hash ? '' : 'behind'}>
                {worker.pid} <code>{visible(worker.hash || 'none yet')}</code>
              </li>
            ))}
          </ul>
        )}
      </td>
      <td data-label="Flags">
        {flags === undefined ? (
          <span className="muted">not said</span>
        ) : (
          <>
            <Badge tone={flags.up ? 'good' : 'bad'}>{flags.up ? 'fresh' : 'last known'}</Badge>{' '}
            {flags.source === 'file' ? 'flags.json' : 'Unleash'}
            {flags.ageMs !== undefined && (
              <span className="muted below">
                read {age(flags.ageMs)} {isOwn ? 'ago' : 'before that'}
              </span>
            )}
            {flags.detail !== undefined && <span className="muted below">{visible(flags.detail)}</span>}
          </>
        )}
      </td>
      <td data-label="Heard">{isOwn ? 'now' : <Time at={seenAt} seconds />}</td>
    </tr>
  );
}
