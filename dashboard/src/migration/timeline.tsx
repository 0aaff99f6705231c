import { useQuery } from '@tanstack/react-query';
import { recentAudit, recentAuditSize } from '../api/queries.ts';
import { visible } from '../format.ts';
import { Loaded } from '../parts/loaded.tsx';
import { Time } from '../parts/time.tsx';

const shownEntries = 20;

/** Who did what to this migration, newest first. */
export function Timeline({ id }: { id: string }) {
  const query = useQuery(recentAudit);
  return (
    <section className="card" aria-labelledby="timeline-title">
      <h2 id="timeline-title">What happened</h2>
      <Loaded query={query}>
        {({ entries }) => {
          const own = entries.filter(({ migration }) => migration === id).slice(0, shownEntries);
          if (own.length === 0)
            return <p className="muted">Nothing among the last {recentAuditSize} entries of the audit.</p>;
          return (
            <ol className="timeline">
              {own.map(({ seq, at, actor, action, reason }) => (
                <li key={seq}>
                  <span className="muted">
                    <Time at={at} />
                  </span>
                  <span>
                    <strong>{visible(action)}</strong> by {visible(actor)}
                    {reason !== '' && <span className="said">{visible(reason)}</span>}
                  </span>
                </li>
              ))}
            </ol>
          );
        }}
      </Loaded>
    </section>
  );
}
