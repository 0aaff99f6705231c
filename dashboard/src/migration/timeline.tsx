import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { AuditRow } from '../../../proxy/admin/api-types.ts';
import { recentAudit } from '../api/queries.ts';
import { percent, visible } from '../format.ts';
import { Loaded } from '../parts/loaded.tsx';
import { Sentence } from '../parts/sentence.tsx';
import { Time } from '../parts/time.tsx';
import { readEvidence, type ThenEvidence } from './then-evidence.ts';

/** Who did what to this migration and why, newest first, with the evidence as it stood. */
export function Timeline({ id }: { id: string }) {
  const query = useQuery(recentAudit(id));
  return (
    <section className="card" aria-labelledby="timeline-title">
      <h2 id="timeline-title">What happened</h2>
      <Loaded query={query}>
        {({ entries }) => {
          if (entries.length === 0) return <p className="muted">Nothing yet.</p>;
          return (
            <>
              <ol className="timeline">
                {entries.map((entry) => (
                  <Entry key={entry.seq} entry={entry} />
                ))}
              </ol>
              <p className="small">
                <Link to="/audit" search={{ q: id }}>
                  Everything in the audit
                </Link>
              </p>
            </>
          );
        }}
      </Loaded>
    </section>
  );
}

function Entry({ entry: { at, actor, action, reason, detail } }: { entry: AuditRow }) {
  const { from, to } = detail;
  const evidence = readEvidence(detail['evidence']);
  return (
    <li>
      <span className="muted">
        <Time at={at} />
      </span>
      <span>
        <strong>{visible(action)}</strong>
        {typeof from === 'number' && typeof to === 'number' && ` from ${percent(from)} to ${percent(to)}`} by{' '}
        {visible(actor)}
        {reason !== '' && <span className="said">{visible(reason)}</span>}
        {evidence && <Evidence evidence={evidence} />}
      </span>
    </li>
  );
}

function Evidence({ evidence: { gate, share, phase, pairs, unmet, builds } }: { evidence: ThenEvidence }) {
  return (
    <details className="small">
      <summary>Evidence as it stood: gate {visible(gate)}</summary>
      <ul className="plain">
        <li>
          In {visible(phase)}; asked {percent(share.asked)}, allowed {percent(share.allowed)}, effective{' '}
          {percent(share.effective)}
        </li>
        <li>{visible(pairs)}</li>
        <li>{visible(builds)}</li>
        {unmet.map((text) => (
          <li key={text}>
            <Sentence text={text} />
          </li>
        ))}
      </ul>
    </details>
  );
}
