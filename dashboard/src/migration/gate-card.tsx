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
  const met = sorted.filter((reason) => reason.state === 'met');
  const unmet = sorted.filter((reason) => reason.state !== 'met');
  const besides = holds.filter((hold) => !reasons.some(({ text }) => text === hold));
  return (
    <section className="card" aria-labelledby="gate-title">
      <h2 id="gate-title">
        Gate {nextStep !== undefined && <span className="muted">to {percent(nextStep)}</span>}{' '}
        <Badge tone={gateTones[state]}>{state}</Badge>{' '}
        <span className="muted small">
          {unmet.length === 0
            ? `all ${reasons.length} reasons are met`
            : `${unmet.length} of ${reasons.length} reasons stand in the way`}
        </span>
      </h2>
      {unmet.length > 0 && <Checklist reasons={unmet} migration={migration} />}
      {unmet.length === 0 ? (
        <Checklist reasons={met} migration={migration} />
      ) : (
        met.length > 0 && (
          <details>
            <summary>{met.length} are met</summary>
            <Checklist reasons={met} migration={migration} />
          </details>
        )
      )}
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

function Checklist({ reasons, migration }: Pick<GateAnswer, 'reasons' | 'migration'>) {
  return (
    <ul className="checklist">
      {reasons.map((reason) => (
        <Reason
          key={`${reason.rule} ${reason.route ?? ''} ${reason.text}`}
          reason={reason}
          migration={migration}
        />
      ))}
    </ul>
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
