import { Link } from '@tanstack/react-router';
import type { GateAnswer, GateReason, ReasonState } from '../../../proxy/admin/api-types.ts';
import { percent, visible } from '../format.ts';
import { Badge } from '../parts/badge.tsx';
import type { Tone } from '../parts/notice.tsx';
import { Sentence } from '../parts/sentence.tsx';

const gateTones: Readonly<Record<GateAnswer['state'], Tone>> = {
  open: 'good',
  waiting: 'warn',
  refused: 'bad',
};
const marks: Readonly<Record<ReasonState, { mark: string; text: string }>> = {
  met: { mark: '✓', text: 'met' },
  waiting: { mark: '…', text: 'waiting' },
  refused: { mark: '✕', text: 'refused' },
};
/** What stands in the way comes first. */
const order: readonly ReasonState[] = ['refused', 'waiting', 'met'];

/** Every reason for and against the next step. */
export function GateCard({ answer, holds }: { answer: GateAnswer; holds: readonly string[] }) {
  const { state, reasons, nextStep, migration, key } = answer;
  const sorted = [...reasons].sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
  const missing = reasons.filter((reason) => reason.state !== 'met').length;
  const besides = holds.filter((hold) => !reasons.some(({ text }) => text === hold));
  return (
    <section className="card" aria-labelledby="gate-title">
      <h2 id="gate-title">
        Gate {nextStep !== undefined && <span className="muted">to {percent(nextStep)}</span>}{' '}
        <Badge tone={gateTones[state]}>{state}</Badge>{' '}
        <span className="muted small">
          {missing === 0
            ? `all ${reasons.length} reasons are met`
            : `${missing} of ${reasons.length} reasons stand in the way`}
        </span>
      </h2>
      <ul className="checklist">
        {sorted.map((reason) => (
          <Reason
            key={`${reason.rule} ${reason.route ?? ''} ${reason.text}`}
            reason={reason}
            migration={migration}
          />
        ))}
      </ul>
      {besides.length > 0 && (
        <>
          <h3>Also holding the share</h3>
          <ul className="plain">
            {besides.map((hold) => (
              <li key={hold}>
                <Sentence text={hold} />
              </li>
            ))}
          </ul>
        </>
      )}
      <p className="muted small">
        Evidence of monolith {visible(key.monolithBuild)} and service {visible(key.serviceBuild)}, rules{' '}
        <code>{visible(key.rulesHash.slice(0, 12))}</code>. Another build or rule starts anew.
      </p>
    </section>
  );
}

function Reason({ reason, migration }: { reason: GateReason; migration: string }) {
  const { state, rule, text } = reason;
  const { mark, text: stateText } = marks[state];
  return (
    <li className={state}>
      <span className="mark" aria-hidden="true">
        {mark}
      </span>
      <span>
        <span className="hidden">{stateText}: </span>
        <span className="rule">{rule}</span> <Sentence text={text} />{' '}
        {rule === 'unjudged' && state !== 'met' && (
          <Link to="/differences" search={{ migration, state: 'open' }}>
            Judge them
          </Link>
        )}
      </span>
    </li>
  );
}
