import type { RampStatus } from '../../../proxy/admin/api-types.ts';
import { count, percent, visible } from '../format.ts';
import { Sentence } from '../parts/sentence.tsx';
import { Time } from '../parts/time.tsx';

/** A way to a share that is gone step by step: where it is, what the step has seen, what it waits for. */
export function RampCard({ ramp }: { ramp: RampStatus }) {
  const { from, to, step, next, since, by, reason, hold, approvals, waitsFor } = ramp;
  return (
    <section className="card" aria-labelledby="ramp-title">
      <h2 id="ramp-title">
        On its way from {percent(from)} to {percent(to)}
      </h2>
      <dl className="facts">
        <dt>Now at</dt>
        <dd>
          {percent(step)}
          {next !== undefined && <span className="muted">, next {percent(next)}</span>}
        </dd>
        {hold && hold.holdSeconds > 0 && (
          <Progress title="Held for" has={hold.heldSeconds} wants={hold.holdSeconds} show={duration} />
        )}
        {hold && hold.minRequests > 0 && (
          <Progress title="Requests" has={hold.requests} wants={hold.minRequests} show={count} />
        )}
        {approvals.map(({ before, needed, given }) => (
          <div key={before}>
            <dt>Before {percent(before)}</dt>
            <dd>
              {given.length} of {needed} approvals
              {given.length > 0 && <span className="muted">: {visible(given.join(', '))}</span>}
            </dd>
          </div>
        ))}
        <dt>Asked for</dt>
        <dd>
          <Time at={since} />, {by === 'flag' ? 'by raising the flag' : `by ${visible(by)}`}
          {reason !== '' && <span className="said">{visible(reason)}</span>}
        </dd>
      </dl>
      <h3>{waitsFor.length === 0 ? 'The next step is about to be taken' : 'It waits for'}</h3>
      <ul className="plain" aria-live="polite">
        {waitsFor.map((text) => (
          <li key={text}>
            <Sentence text={text} />
          </li>
        ))}
      </ul>
    </section>
  );
}

interface ProgressProps {
  readonly title: string;
  readonly has: number;
  readonly wants: number;
  readonly show: (value: number) => string;
}

function Progress({ title, has, wants, show }: ProgressProps) {
  const left = Math.max(0, wants - has);
  return (
    <div>
      <dt>{title}</dt>
      <dd>
        <progress value={Math.min(has, wants)} max={wants} aria-label={title} />{' '}
        {left === 0 ? (
          <span className="muted">{show(wants)} are over</span>
        ) : (
          <>
            {show(Math.min(has, wants))} of {show(wants)} <span className="muted">({show(left)} left)</span>
          </>
        )}
      </dd>
    </div>
  );
}

/** Of seconds: `40 s`, `12 min`, `3.5 h`. */
function duration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 360) / 10} h`;
}
