import { useQuery } from '@tanstack/react-query';
import { recentAudit } from '../api/queries.ts';
import { visible } from '../format.ts';
import { Loaded } from '../parts/loaded.tsx';
import { Time } from '../parts/time.tsx';

/** Who did what to this migration, newest first. */
export function Timeline({ id }: { id: string }) {
  const query = useQuery(recentAudit(id));
  return (
    <section className="card" aria-labelledby="timeline-title">
      <h2 id="timeline-title">What happened</h2>
      <Loaded query={query}>
        {({ entries }) => {
          if (entries.length === 0) return <p className="muted">Nothing yet.</p>;
          return (
            <ol className="timeline">
              {entries.map(({ seq, at, actor, action, reason }) => (
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
