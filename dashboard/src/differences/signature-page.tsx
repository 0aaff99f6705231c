import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { SignatureDetail } from '../../../proxy/admin/api-types.ts';
import { signature } from '../api/queries.ts';
import { count, counted, shareOf, visible } from '../format.ts';
import { Heading } from '../parts/heading.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Time } from '../parts/time.tsx';
import { Revealable } from './pair-actions/reveal.tsx';
import { PairView } from './pair-view.tsx';
import { RuleCard } from './rule-card.tsx';
import { Standing } from './standing.tsx';
import { VerdictCard } from './verdict-card.tsx';

const route = getRouteApi('/differences/$migration/$signature');

export function SignaturePage() {
  const { migration, signature: wanted } = route.useParams();
  const query = useQuery(signature(migration, wanted));
  const about = query.data?.signature;
  return (
    <>
      <Heading title={about ? visible(about.place) : 'Difference'}>
        <p className="muted">
          <Link to="/differences" search={{ migration }}>
            Differences of {visible(migration)}
          </Link>{' '}
          / {about ? `${about.kind} · ${visible(about.route)} · ` : ''}
          <code>{visible(wanted)}</code>
        </p>
      </Heading>
      <Loaded query={query}>{(detail) => <Detail detail={detail} />}</Loaded>
    </>
  );
}

function Detail({ detail }: { detail: SignatureDetail }) {
  const { pair: shown = 1 } = route.useSearch();
  const navigate = route.useNavigate();
  const { signature: about, pairs, verdicts } = detail;
  const pair = pairs[Math.min(shown, pairs.length) - 1];
  return (
    <>
      <Rates about={about} />
      <div className="columns judging">
        <section aria-labelledby="pairs-title">
          <div className="section-head">
            <h2 id="pairs-title">Newest pairs</h2>
            {pairs.length > 1 && (
              <nav aria-label="Pairs" className="pages">
                {pairs.map(({ id }, index) => (
                  <button
                    key={id}
                    type="button"
                    aria-current={pairs[index] === pair ? 'true' : undefined}
                    aria-label={`Pair ${index + 1}`}
                    onClick={() => void navigate({ search: { pair: index + 1 }, replace: true })}
                  >
                    {index + 1}
                  </button>
                ))}
              </nav>
            )}
          </div>
          {pair ? (
            <Revealable key={pair.id} pair={pair}>
              <PairView pair={pair} signature={about.signature} />
            </Revealable>
          ) : (
            <p className="empty">No sample pair of it is kept any more.</p>
          )}
        </section>
        <div className="stack">
          <VerdictCard about={about} verdicts={verdicts} />
          <RuleCard about={about} differences={pairs.flatMap(({ differences }) => differences)} />
        </div>
      </div>
    </>
  );
}

function Rates({ about }: { about: SignatureDetail['signature'] }) {
  const { pairs, routePairs, askedTwice, firstSeen, lastSeen } = about;
  return (
    <dl className="figures">
      <div>
        <dt>Stands</dt>
        <dd>
          <Standing signature={about} />
        </dd>
      </div>
      <div>
        <dt>Against the service</dt>
        <dd>{shareOf(pairs, routePairs)}</dd>
        <dd className="muted">
          {count(pairs)} of {counted(routePairs, 'pair')}
        </dd>
      </div>
      <div>
        <dt>Monolith with itself</dt>
        <dd>{shareOf(askedTwice.monolith, askedTwice.pairs)}</dd>
        <dd className="muted">
          {askedTwice.pairs === 0
            ? 'not asked twice yet'
            : `${count(askedTwice.monolith)} of ${count(askedTwice.pairs)} asked twice`}
        </dd>
      </div>
      <div>
        <dt>Seen</dt>
        <dd className="small">
          <Time at={lastSeen} seconds />
        </dd>
        <dd className="muted">
          first <Time at={firstSeen} />
        </dd>
      </div>
    </dl>
  );
}
