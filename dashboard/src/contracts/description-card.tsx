import type { GateAnswer, ReasonState } from '../../../proxy/admin/api-types.ts';
import { Badge } from '../parts/badge.tsx';
import type { Tone } from '../parts/notice.tsx';
import { Sentence } from '../parts/sentence.tsx';

const tones: Readonly<Record<ReasonState, Tone>> = { met: 'good', waiting: 'warn', refused: 'bad' };
const rules: readonly string[] = ['contracts', 'unproven', 'openapi'];

/** What the gate makes of contracts and of the service's own description. */
export function DescriptionCard({ answer }: { answer: GateAnswer }) {
  const reasons = answer.reasons.filter(({ rule }) => rules.includes(rule));
  return (
    <section className="card" aria-labelledby="description-title">
      <h2 id="description-title">What the gate makes of it, and of the OpenAPI description</h2>
      {reasons.length === 0 ? (
        <p className="muted">Nothing: contracts and descriptions are not asked for in routes.yaml.</p>
      ) : (
        <ul className="plain">
          {reasons.map(({ rule, state, text, isWarning }) => (
            <li key={`${rule} ${text}`}>
              <Badge tone={isWarning ? 'warn' : tones[state]}>{rule}</Badge> <Sentence text={text} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
