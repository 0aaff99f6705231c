import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { ApiError, write } from './api/client.ts';
import { kill, migrations, session } from './api/queries.ts';
import { Degraded } from './degraded/degraded.tsx';
import { visible } from './format.ts';
import { LiveSign } from './live/live-sign.tsx';
import { LoginPage } from './login/login-page.tsx';
import { RollBackButton, RollBackFromAnywhere, RolledBack } from './moves/roll-back.tsx';
import { Notice } from './parts/notice.tsx';
import { useShortcuts } from './parts/shortcuts.ts';
import { Time } from './parts/time.tsx';

const places = [
  { to: '/', text: 'Overview' },
  { to: '/differences', text: 'Differences' },
  { to: '/contracts', text: 'Contracts' },
  { to: '/audit', text: 'Audit' },
  { to: '/settings', text: 'Settings' },
] as const;

/** What surrounds every screen. */
export function Shell() {
  const { data, error } = useQuery(session);
  const mustLogIn = error instanceof ApiError && error.status === 401;
  return (
    <RollBackFromAnywhere isOff={mustLogIn}>
      <a className="skip" href="#main">
        Skip to content
      </a>
      <header className="top">
        <Link to="/" className="brand">
          <img src="/icon.svg" alt="" width="22" height="22" />
          Ficus
        </Link>
        {!mustLogIn && <Navigation />}
        {!mustLogIn && <RollBackButton />}
        {data && !mustLogIn && <LiveSign />}
        {data && !mustLogIn && (
          <WhoAmI name={data.name} role={data.role} isSession={data.csrf !== undefined} />
        )}
      </header>
      <main id="main" tabIndex={-1}>
        {mustLogIn ? <LoginPage /> : <Screen />}
      </main>
    </RollBackFromAnywhere>
  );
}

function Navigation() {
  return (
    <nav aria-label="Main">
      {places.map(({ to, text }) => (
        <Link key={to} to={to} activeOptions={{ exact: to === '/', includeSearch: false }}>
          {text}
        </Link>
      ))}
    </nav>
  );
}

function WhoAmI({ name, role, isSession }: { name: string; role: string; isSession: boolean }) {
  const queries = useQueryClient();
  const logOut = async () => {
    await write('/api/logout', {}).catch(() => undefined);
    queries.clear();
    window.location.assign('/');
  };
  return (
    <div className="who">
      <span title={`Role: ${role}`}>
        {visible(name)} <span className="muted">{role}</span>
      </span>
      {isSession && (
        <button type="button" className="quiet" onClick={logOut}>
          Log out
        </button>
      )}
    </div>
  );
}

const shortcuts = { '/': () => document.querySelector<HTMLElement>('[data-shortcut="/"]')?.focus() };

function Screen() {
  useFocusOnNavigation();
  useShortcuts(shortcuts);
  return (
    <>
      <Away />
      <Killed />
      <Degraded />
      <RolledBack />
      <Outlet />
    </>
  );
}

/** Somebody who reads by ear or keyboard is taken to the new screen, as by a page that loads. */
function useFocusOnNavigation(): void {
  const pathname = useRouterState({ select: ({ location }) => location.pathname });
  const last = useRef(pathname);
  useEffect(() => {
    if (last.current === pathname) return;
    last.current = pathname;
    document.getElementById('main')?.focus({ preventScroll: true });
  }, [pathname]);
}

/** The list of migrations comes from memory: when it fails, the admin plane itself is away. */
function Away() {
  const { error, dataUpdatedAt } = useQuery(migrations);
  if (!error) return null;
  return (
    <Notice
      tone="bad"
      title={error instanceof ApiError && error.status === 0 ? 'Ficus does not answer' : error.message}
    >
      {dataUpdatedAt > 0 ? (
        <>
          Shown is what it last said, at <Time at={new Date(dataUpdatedAt).toISOString()} seconds />. It is
          asked again by itself. Traffic does not depend on this page; roll back works as soon as the admin
          plane does.
        </>
      ) : (
        'It is asked again by itself. Traffic does not depend on this page.'
      )}
    </Notice>
  );
}

function Killed() {
  const { data } = useQuery(kill);
  if (!data?.on) return null;
  return (
    <Notice tone="bad" title="The kill switch is on">
      {visible(data.text)} <Link to="/settings">Settings</Link> turns it off.
    </Notice>
  );
}
