import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router';
import { AuditPage } from './audit/audit-page.tsx';
import { readSpan } from './charts/spans.ts';
import { ContractsPage } from './contracts/contracts-page.tsx';
import { DifferencesPage } from './differences/differences-page.tsx';
import { readDifferencesFilter } from './differences/filter.ts';
import { SignaturePage } from './differences/signature-page.tsx';
import { MigrationPage } from './migration/migration-page.tsx';
import { readOverviewFilter } from './overview/filter.ts';
import { OverviewPage } from './overview/overview-page.tsx';
import { NothingHere } from './parts/nothing-here.tsx';
import { SettingsPage } from './settings/settings-page.tsx';
import { Shell } from './shell.tsx';

const root = createRootRoute({ component: Shell, notFoundComponent: NothingHere });

const overview = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: OverviewPage,
  validateSearch: readOverviewFilter,
});

const migration = createRoute({
  getParentRoute: () => root,
  path: '/migrations/$migration',
  component: MigrationPage,
  validateSearch: readSpan,
});

const differences = createRoute({
  getParentRoute: () => root,
  path: '/differences',
  component: DifferencesPage,
  validateSearch: readDifferencesFilter,
});

const signature = createRoute({
  getParentRoute: () => root,
  path: '/differences/$migration/$signature',
  component: SignaturePage,
  validateSearch: (search): { pair?: number } => {
    const pair = Number(search['pair']);
    return Number.isInteger(pair) && pair > 0 ? { pair } : {};
  },
});

const contracts = createRoute({
  getParentRoute: () => root,
  path: '/contracts',
  component: ContractsPage,
  validateSearch: (search): { migration?: string } =>
    typeof search['migration'] === 'string' && search['migration'] !== ''
      ? { migration: search['migration'] }
      : {},
});

const audit = createRoute({
  getParentRoute: () => root,
  path: '/audit',
  component: AuditPage,
  validateSearch: (search): { q?: string } =>
    typeof search['q'] === 'string' && search['q'] !== '' ? { q: search['q'] } : {},
});

const settings = createRoute({ getParentRoute: () => root, path: '/settings', component: SettingsPage });

export const router = createRouter({
  routeTree: root.addChildren([overview, migration, differences, signature, contracts, audit, settings]),
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
