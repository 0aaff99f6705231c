import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { MigrationStatus } from '../../../proxy/admin/api-types.ts';
import { gate, migration } from '../api/queries.ts';
import { MigrationProgress } from '../charts/migration-progress.tsx';
import { count, percent, ratio, visible } from '../format.ts';
import { Heading } from '../parts/heading.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Notice } from '../parts/notice.tsx';
import { PhaseTrack } from '../parts/phase-track.tsx';
import { Sentence } from '../parts/sentence.tsx';
import { ShareBar } from '../parts/share-bar.tsx';
import { Time } from '../parts/time.tsx';
import { GateCard } from './gate-card.tsx';
import { MoveButtons } from './move-buttons.tsx';
import { SidesCard } from './sides-card.tsx';
import { Timeline } from './timeline.tsx';

const route = getRouteApi('/migrations/$migration');

export function MigrationPage() {
  const { migration: id } = route.useParams();
  const query = useQuery(migration(id));
  const gateQuery = useQuery(gate(id));
  const nextStep = gateQuery.data?.nextStep;
  return (
    <>
      <Heading
        title={visible(id)}
        // Also before anything was read, and when nothing can be: roll back must be there.
        aside={<MoveButtons id={id} status={query.data} nextStep={nextStep} />}
      >
        <p className="muted">
          <Link to="/">Overview</Link> / {query.data && <Subtitle status={query.data} />}
        </p>
      </Heading>
      <Loaded query={query}>
        {(status) => (
          <>
            <StandingNotices status={status} />
            <PhaseTrack phase={status.phase} share={status.share.effective} wide />
            <Figures status={status} />
            <MigrationProgress id={id} />
            <div className="columns">
              <Loaded query={gateQuery}>
                {(answer) => <GateCard answer={answer} holds={status.holds} />}
              </Loaded>
              <div className="stack">
                <SidesCard status={status} />
                <Timeline id={id} />
              </div>
            </div>
          </>
        )}
      </Loaded>
    </>
  );
}

function Subtitle({ status: { service, owner, phase, since } }: { status: MigrationStatus }) {
  return (
    <>
      service {visible(service)}
      {owner !== undefined && `, of ${visible(owner)}`}, in {phase} since <Time at={since} />
    </>
  );
}

/** What is not as usual: the guard, an override, what is to be looked at. */
function StandingNotices({ status }: { status: MigrationStatus }) {
  const { latch, override, ramp, pause, warnings = [] } = status;
  return (
    <>
      {latch && (
        <Notice tone="bad" title="The guard took it back">
          <Time at={latch.at} />: <Sentence text={latch.reason} /> Nothing goes to the service until somebody
          clears that.
        </Notice>
      )}
      {override && (
        <Notice tone="warn" title={`${percent(override.share)} is allowed whatever the gate says`}>
          Until <Time at={override.until} />, by {visible(override.actor)}: {visible(override.reason)}
        </Notice>
      )}
      {pause && (
        <Notice tone="warn" title="Paused">
          Since <Time at={pause.since} />, by {visible(pause.by)}: {visible(pause.reason)}
        </Notice>
      )}
      {ramp && (
        <Notice
          tone="calm"
          title={`On its way from ${percent(ramp.from)} to ${percent(ramp.to)}, now at ${percent(ramp.step)}`}
        >
          <ul>
            {ramp.waitsFor.map((text) => (
              <li key={text}>
                <Sentence text={text} />
              </li>
            ))}
          </ul>
        </Notice>
      )}
      {warnings.map((warning) => (
        <Notice key={warning} tone="warn">
          <Sentence text={warning} />
        </Notice>
      ))}
    </>
  );
}

function Figures({ status: { id, share, shadowShare, pairs } }: { status: MigrationStatus }) {
  return (
    <dl className="figures">
      <div>
        <dt>Answered by the service</dt>
        <dd>{percent(share.effective)}</dd>
        <dd className="muted">
          asked {percent(share.asked)}, allowed {percent(share.allowed)}
        </dd>
        <dd>
          <ShareBar share={share} />
        </dd>
      </div>
      <div>
        <dt>Copied to the other side</dt>
        <dd>{percent(shadowShare)}</dd>
        <dd className="muted">of the requests that may be copied</dd>
      </div>
      <div>
        <dt>Agreement</dt>
        <dd>{pairs.agreementAtLeast === undefined ? '–' : `≥ ${ratio(pairs.agreementAtLeast)}`}</dd>
        <dd className="muted">
          {count(pairs.agreed)} agree, {count(pairs.differed)} differ, {count(pairs.incomparable)} not
          comparable
        </dd>
      </div>
      <div>
        <dt>Differences</dt>
        <dd>
          <Link to="/differences" search={{ migration: id }}>
            {pairs.differed === 0 ? 'None' : 'Look at them'}
          </Link>
        </dd>
        <dd className="muted">what differs, grouped and judged</dd>
      </div>
    </dl>
  );
}
