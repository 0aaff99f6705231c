/**
 * `npm run screenshots`: every screen of the dashboard, light and dark, wide and narrow, into .ficus/screenshots or the
 * folder named by --to. It starts a demo estate of its own, with the mistakes of the
 * catalog, traffic to show them and two days of history;
 * `--admin URL` takes the pictures of a running Ficus instead.
 */
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type Browser, chromium } from 'playwright-core';
import type { SignatureList } from '../proxy/admin/api-types.ts';
import { installDebianPackage } from '../test/support/install-debian-package.ts';
import { buildDashboard, dashboardIsStale } from './dashboard-build.ts';
import { freePort } from './estate/ports.ts';
import { type Estate, startEstate } from './estate.ts';
import { writeHistory } from './screenshots/history.ts';
import { browse } from './tour/traffic.ts';
import { writeRoutes } from './tour/write-routes.ts';

const widths = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 } };
const schemes = ['light', 'dark'] as const;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { to: { type: 'string', default: '.ficus/screenshots' }, admin: { type: 'string' } },
  });
  await installDebianPackage('chromium');
  if (dashboardIsStale()) await buildDashboard();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'ficus-screenshots-'));
  // Postgres runs as a user of its own when we are root, and must be able to pass.
  await chmod(folder, 0o711);
  let estate: Estate | undefined;
  let browser: Browser | undefined;
  try {
    if (values.admin === undefined) estate = await startDemo(folder);
    const admin = values.admin ?? estate!.urls.admin;
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
    await mkdir(values.to, { recursive: true });
    for (const colorScheme of schemes) {
      for (const [width, viewport] of Object.entries(widths)) {
        const page = await browser.newPage({ viewport, colorScheme, deviceScaleFactor: 1 });
        for (const [name, address] of Object.entries(await screens(admin))) {
          await page.goto(admin + address);
          await page.locator('h1').waitFor();
          // Everything that is asked for after the first look.
          await page.waitForLoadState('networkidle');
          const file = path.join(values.to, `${name}-${width}-${colorScheme}.png`);
          await page.screenshot({ path: file, fullPage: true });
          console.log(file);
        }
        await page.close();
      }
    }
  } finally {
    await browser?.close();
    await estate?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function startDemo(folder: string): Promise<Estate> {
  console.log('Starting a demo estate with the mistakes of the catalog …');
  const ports = {
    monolith: await freePort(),
    catalog: await freePort(),
    payments: await freePort(),
    psp: await freePort(),
    proxy: await freePort(),
    admin: await freePort(),
  };
  const estate = await startEstate({
    dataDir: path.join(folder, 'data'),
    routesFile: await writeRoutes(folder, ports),
    ports,
    catalogVersion: '1.0.0',
    catalogFaults: 'rounded-prices,dropped-null,moved-category',
    apiKey: 'demo-key',
    onLine: () => {},
    onUp: () => {},
  });
  await writeHistory(estate.urls.proxyDatabase);
  const order = { share: 100, reason: 'a first look' };
  const answer = await fetch(`${estate.urls.admin}/api/migrations/catalog/shadow`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-ficus-actor': 'cli:ada', 'if-match': '*' },
    body: JSON.stringify(order),
  });
  if (!answer.ok) throw new Error(`no shadow: ${await answer.text()}`);
  await browse(estate.urls.proxy, 1200, 50);
  const deadline = performance.now() + 60_000;
  while ((await signatures(estate.urls.admin)).length === 0 && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return estate;
}

async function screens(admin: string): Promise<Record<string, string>> {
  const found = (await signatures(admin)).filter(({ place }) => place.startsWith('body:'));
  const inBody = found.find(({ place }) => place === 'body:/price') ?? found[0];
  return {
    overview: '/?span=24h',
    migration: '/migrations/catalog?span=24h',
    differences: '/differences',
    ...(inBody && { difference: `/differences/catalog/${inBody.signature}` }),
    contracts: '/contracts?migration=catalog',
    audit: '/audit',
    settings: '/settings',
  };
}

async function signatures(admin: string): Promise<SignatureList['signatures']> {
  const answer = await fetch(`${admin}/api/migrations/catalog/signatures`);
  return answer.ok ? ((await answer.json()) as SignatureList).signatures : [];
}

await main();
