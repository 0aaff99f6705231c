import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { KillStatus } from '../../../proxy/admin/api-types.ts';
import { write } from '../api/client.ts';
import { kill, readiness } from '../api/queries.ts';
import { visible } from '../format.ts';
import { GuardedButton } from '../moves/guarded-button.tsx';
import { useWhyNot } from '../moves/permission.ts';
import { Badge } from '../parts/badge.tsx';
import { Heading } from '../parts/heading.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { ReasonDialog } from '../parts/reason-dialog.tsx';
import { setShortcuts, useShortcutsOn } from '../parts/shortcuts.ts';
import { ConfigCard } from './config-card.tsx';
import { ReplicasCard } from './replicas-card.tsx';

export function SettingsPage() {
  return (
    <>
      <Heading title="Settings" />
      <div className="settings">
        <ConfigCard />
        <KillCard />
        <ReplicasCard />
        <PartsCard />
        <PageCard />
      </div>
    </>
  );
}

function PartsCard() {
  const query = useQuery(readiness);
  return (
    <section className="card" aria-labelledby="parts-title">
      <h2 id="parts-title">Parts</h2>
      <Loaded query={query}>
        {({ ready, parts }) => (
          <>
            <p>
              <Badge tone={ready ? 'good' : 'bad'}>{ready ? 'ready' : 'not ready'}</Badge>{' '}
              <span className="muted">Traffic flows without most of them.</span>
            </p>
            <dl className="facts">
              {Object.entries(parts).map(([name, { up, detail }]) => (
                <div key={name}>
                  <dt>{visible(name)}</dt>
                  <dd>
                    <Badge tone={up ? 'good' : 'bad'}>{standing(name, up)}</Badge>{' '}
                    {detail !== undefined && <span className="muted">{visible(detail)}</span>}
                  </dd>
                </div>
              ))}
            </dl>
          </>
        )}
      </Loaded>
    </section>
  );
}

/** The kill switch is no part that could be up. */
function standing(name: string, up: boolean): string {
  if (name === 'kill') return up ? 'off' : 'on';
  return up ? 'up' : 'down';
}

function KillCard() {
  const query = useQuery(kill);
  const whyNot = useWhyNot()('operator');
  const queries = useQueryClient();
  // What was asked for stays as it was, whatever somebody else does to the switch meanwhile.
  const [wanted, setWanted] = useState<'on' | 'off'>();
  const isOn = query.data?.on ?? false;
  const set = async (reason: string) => {
    queries.setQueryData(['kill'], await write<KillStatus>('/api/kill', { on: wanted === 'on', reason }));
    await queries.invalidateQueries();
  };
  return (
    <section className="card" aria-labelledby="kill-title">
      <h2 id="kill-title">Kill switch</h2>
      <p>{query.data ? visible(query.data.text) : 'Whether it is on is not known.'}</p>
      <GuardedButton
        className={isOn ? undefined : 'danger'}
        whyNot={whyNot}
        onClick={() => setWanted(isOn ? 'off' : 'on')}
      >
        {isOn ? 'Turn it off …' : 'Everything to the monolith …'}
      </GuardedButton>
      {whyNot !== undefined && <p className="muted small">{whyNot}</p>}
      {wanted && (
        <ReasonDialog
          title={wanted === 'off' ? 'Turn the kill switch off' : 'Everything to the monolith'}
          action={wanted === 'off' ? 'Turn it off' : 'Kill'}
          isDangerous={wanted === 'on'}
          needsReason
          onConfirm={set}
          onClose={() => setWanted(undefined)}
        >
          <p>
            {wanted === 'off'
              ? 'Flags and evidence decide again, from where they stand now.'
              : 'The monolith answers every request of every migration, at once, until it is turned off.'}
          </p>
        </ReasonDialog>
      )}
    </section>
  );
}

function PageCard() {
  const on = useShortcutsOn();
  return (
    <section className="card" aria-labelledby="page-title">
      <h2 id="page-title">This page</h2>
      <label className="check">
        <input type="checkbox" checked={on} onChange={({ target }) => setShortcuts(target.checked)} /> Single
        letters are shortcuts
      </label>
      <dl className="facts keys">
        <dt>
          <kbd>/</kbd>
        </dt>
        <dd>search</dd>
        <dt>
          <kbd>r</kbd>
        </dt>
        <dd>roll back, the migration of this page or row</dd>
        <dt>
          <kbd>n</kbd> <kbd>p</kbd>
        </dt>
        <dd>next and previous differing line of a pair</dd>
        <dt>
          <kbd>b</kbd> <kbd>e</kbd> <kbd>o</kbd>
        </dt>
        <dd>judge: bug, expected, noise</dd>
      </dl>
    </section>
  );
}
