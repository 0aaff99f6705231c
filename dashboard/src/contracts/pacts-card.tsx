import type { ContractReport, ContractResultView, PactView } from '../../../proxy/admin/api-types.ts';
import { count, counted, visible } from '../format.ts';
import { Badge } from '../parts/badge.tsx';
import type { Tone } from '../parts/notice.tsx';
import { Time } from '../parts/time.tsx';

const tones: Readonly<Record<PactView['monolith'], Tone>> = {
  passed: 'good',
  failed: 'bad',
  unverified: 'warn',
  'not-asked': 'calm',
};
const texts: Readonly<Record<PactView['monolith'], string>> = {
  passed: 'passed',
  failed: 'failed',
  unverified: 'not verified',
  'not-asked': 'not asked',
};

/** Every pact against the builds that run now, with what failed, and what earlier builds came to. */
export function PactsCard({ report }: { report: ContractReport }) {
  const { pacts, results } = report;
  const earlier = results.filter(({ isNow }) => !isNow);
  return (
    <section className="card" aria-labelledby="pacts-title">
      <h2 id="pacts-title">Pacts</h2>
      {pacts.length === 0 ? (
        <p className="muted">
          There is none for this service. A first one can be made from what clients ask for, below; where
          pacts are looked for stands in routes.yaml (<code>contracts.pacts</code>).
        </p>
      ) : (
        <ul className="pacts">
          {pacts.map((pact) => (
            <Pact key={`${pact.consumer} ${pact.pactHash}`} pact={pact} results={results} />
          ))}
        </ul>
      )}
      {earlier.length > 0 && (
        <details>
          <summary>Earlier builds and pacts ({count(earlier.length)})</summary>
          <ul className="plain">
            {earlier.map((result) => (
              <Earlier
                key={`${result.side} ${result.consumer} ${result.build} ${result.pactHash}`}
                {...result}
              />
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

function Pact({ pact, results }: { pact: PactView; results: readonly ContractResultView[] }) {
  const { consumer, from, pending, interactions, pactHash } = pact;
  const now = (side: ContractResultView['side']) =>
    results.find(
      (one) => one.isNow && one.side === side && one.consumer === consumer && one.pactHash === pactHash,
    );
  return (
    <li>
      <div className="pact-head">
        <strong>{visible(consumer)}</strong>{' '}
        <span className="muted">{counted(interactions, 'interaction')}</span>{' '}
        {pending && (
          <span title="Nobody kept it yet: its failing holds nothing">
            <Badge tone="calm">pending</Badge>
          </span>
        )}
        <span className="muted below">
          <code>{visible(from)}</code>
        </span>
      </div>
      <Side title="Monolith" standing={pact.monolith} result={now('monolith')} />
      <Side title="Service" standing={pact.service} result={now('service')} />
    </li>
  );
}

interface SideProps {
  readonly title: string;
  readonly standing: PactView['monolith'];
  readonly result: ContractResultView | undefined;
}

function Side({ title, standing, result }: SideProps) {
  return (
    <div>
      <span className="muted">{title}</span> <Badge tone={tones[standing]}>{texts[standing]}</Badge>
      {result && (
        <span className="muted below">
          build {visible(result.build)}, <Time at={result.at} />
        </span>
      )}
      {result && <Failures failures={result.failures} isOpen />}
      {standing === 'failed' && result?.failures.length === 0 && (
        <p className="muted small">What failed is not kept any more: verify it again.</p>
      )}
    </div>
  );
}

function Failures({ failures, isOpen = false }: Pick<ContractResultView, 'failures'> & { isOpen?: boolean }) {
  if (failures.length === 0) return null;
  return (
    <details open={isOpen}>
      <summary>{counted(failures.length, 'interaction')} failed</summary>
      <ul className="plain">
        {failures.map(({ interaction, text }) => (
          <li key={`${interaction} ${text}`}>
            <strong>{visible(interaction)}</strong>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
            <pre tabIndex={0}>{visible(text, true)}</pre>
          </li>
        ))}
      </ul>
    </details>
  );
}

function Earlier({ side, consumer, build, outcome, at, failures }: ContractResultView) {
  return (
    <li>
      <Badge tone={tones[outcome]}>{outcome}</Badge> {visible(consumer)} against the {side}, build{' '}
      {visible(build)}, <Time at={at} />
      <Failures failures={failures} />
    </li>
  );
}
