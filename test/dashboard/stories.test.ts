import assert from 'node:assert/strict';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import type { Browser, Page } from 'playwright-core';
import type { MigrationStatus } from '../../proxy/admin/api-types.ts';
import { buildDashboard, dashboardIsStale } from '../../scripts/dashboard-build.ts';
import { untilAnswers } from '../../scripts/estate/estate-process.ts';
import { freePort } from '../../scripts/estate/ports.ts';
import { type Estate, startEstate } from '../../scripts/estate.ts';
import { readFicus, runFicus } from '../../scripts/tour/ficus.ts';
import { browse } from '../../scripts/tour/traffic.ts';
import { writeRoutes } from '../../scripts/tour/write-routes.ts';
import { until } from '../support/until.ts';
import { launchChromium } from './chromium.ts';

/** The machine may be busy: a long wait costs nothing when what is awaited comes. */
const patienceMs = 60_000;

/** Each goes on where the one before left the estate: the demo's, with a service that rounds prices. */
describe('three people, and the page of the running demo', () => {
  let folder: string;
  let routesFile: string;
  let estate: Estate;
  let browser: Browser;
  let page: Page;
  let isBrowsing = false;
  let browsing: Promise<void> | undefined;
  const complaints: string[] = [];

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'ficus-stories-'));
    // Postgres runs as a user of its own when we are root, and must be able to pass.
    await chmod(folder, 0o711);
    const ports = {
      ...{ monolith: await freePort(), catalog: await freePort(), payments: await freePort() },
      ...{ psp: await freePort(), proxy: await freePort(), admin: await freePort() },
    };
    routesFile = await writeRoutes(folder, ports);
    // A quarter of the users first, and a quarter of an hour with them.
    await rewrite([
      'steps: [1, 5, 25, 50, 100], holdMinutes: 0, minRequests: 0 } # no waiting: it is a demo',
      'steps: [25, 50, 100], holdMinutes: 15, minRequests: 0 }',
    ]);
    await rewrite(['minPairs: 1000', 'minPairs: 100']);
    if (dashboardIsStale()) await buildDashboard();
    [estate, browser] = await Promise.all([
      startEstate({
        dataDir: path.join(folder, 'data'),
        ...{ routesFile, ports, apiKey: 'demo-key' },
        catalogVersion: '1.0.0',
        catalogFaults: 'rounded-prices',
        onLine: () => {},
        onUp: () => {},
      }),
      launchChromium(),
    ]);
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.setDefaultTimeout(patienceMs);
    page.on('pageerror', (error) => complaints.push(String(error)));
    startBrowsing();
  });

  after(async () => {
    await stopBrowsing();
    await browser?.close();
    await estate?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test('QA finds the rounding difference, judges it, and makes a rule of it', async () => {
    await page.goto(`${estate.urls.admin}/migrations/catalog`);
    await page.getByRole('button', { name: /^Shadow/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('spinbutton').fill('100');
    await dialog.getByLabel('Reason').fill('a first look');
    await dialog.getByRole('button', { name: 'Copy requests' }).click();
    await dialog.waitFor({ state: 'detached' });

    await page.getByRole('navigation').getByRole('link', { name: 'Differences' }).first().click();
    await page.getByRole('link', { name: 'body:/price', exact: true }).first().click();
    const differing = page.locator('.row.own code');
    await differing.first().waitFor();
    const [monolith, service] = await differing.allTextContents();
    assert.match(`${monolith} ${service}`, /"price": [\d.]+,? "price": [\d.]+/);

    const line = await page.locator('pre', { hasText: 'tolerate:' }).first().textContent();
    await page.keyboard.press('e');
    await page.keyboard.type('accounting wants whole cents');
    await page.keyboard.press('Enter');
    await page.getByText(/body:\/price of .*: expected, by team-catalog/).waitFor();

    const rule = /tolerate: \[.*\]/.exec(line ?? '')?.[0];
    assert.ok(rule, `the page has a rule to copy, not only ${line}`);
    await rewrite(['compare:\n', `compare:\n        ${rule}\n`]);
    // Under another rule the evidence begins anew, and what it allows is no difference any more.
    await page.goto(`${estate.urls.admin}/differences?migration=catalog`);
    await page.getByRole('link', { name: 'body:/price', exact: true }).waitFor({ state: 'detached' });
    await page.getByText('body:/items/*/price').first().waitFor();
  });

  test('an engineer promotes to 25 %, and is told why not to 50 %', async () => {
    await estate.catalog.stop();
    await estate.catalog.start({ CATALOG_FAULTS: '', SERVICE_VERSION: '1.1.0' });
    await untilAnswers(`${estate.urls.catalog}/readyz`, estate.catalog);
    const isKnown = async () =>
      (await readFicus<MigrationStatus>(estate.urls.admin, 'catalog')).builds.service === '1.1.0';
    await until('the new build is known', isKnown, patienceMs);
    await page.goto(`${estate.urls.admin}/contracts?migration=catalog`);
    // Verifying puts products of its own into the shop, which the catalog learns of a moment later.
    await stopBrowsing();
    await page.getByRole('button', { name: 'Verify now' }).click();
    await page.getByText(/of \d+ verifications passed/).waitFor();
    await until('both have the same products', areInStep, patienceMs);
    startBrowsing();

    await page.goto(`${estate.urls.admin}/migrations/catalog`);
    await page.getByText(/all \d+ reasons are met/).waitFor();
    await promoteTo('25');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await promoteTo('50');
    await page
      .getByText(/0 of 15 minutes/)
      .first()
      .waitFor();
    await page.keyboard.press('Escape');
  });

  test('on-call sees the guard take it back while they look, reads why, and clears it', async () => {
    const enough = ['--share', '0%', '--reason', 'enough was compared'];
    await runFicus(estate.urls.admin, ['shadow', 'catalog', ...enough]);
    const shop = new pg.Client({ connectionString: estate.urls.shopDatabase });
    await shop.connect();
    try {
      await shop.query('alter table catalog.product rename to product_2');
      const notice = page.getByText('The guard took it back').first();
      await notice.waitFor();
      await page
        .getByText(/requests of the service|failures/)
        .first()
        .waitFor();
      await shop.query('alter table catalog.product_2 rename to product');
    } finally {
      await shop.end();
    }
    await page.getByRole('button', { name: /^Clear the guard/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Reason').fill('the table has its name back');
    await dialog.getByRole('button', { name: 'Clear the guard' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: /^Clear the guard/ }).waitFor({ state: 'detached' });
    assert.deepEqual(complaints, []);
  });

  async function promoteTo(share: string): Promise<void> {
    await page.getByRole('button', { name: /^Promote/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('spinbutton').fill(share);
    await dialog.getByLabel('Reason').fill('as planned');
    await dialog.getByRole('button', { name: 'Promote', exact: true }).click();
  }

  async function rewrite([before, now]: readonly [string, string]): Promise<void> {
    const text = await readFile(routesFile, 'utf8');
    assert.ok(text.includes(before), `routes.yaml has no ${before}`);
    await writeFile(routesFile, text.replace(before, now));
  }

  async function areInStep(): Promise<boolean> {
    const [one, other] = await Promise.all(
      [estate.urls.monolith, estate.urls.catalog].map(async (url) => {
        const answer = await fetch(`${url}/api/products?limit=1`);
        return ((await answer.json()) as { readonly total: number }).total;
      }),
    );
    return one === other;
  }

  function startBrowsing(): void {
    isBrowsing = true;
    browsing = (async () => {
      for (let from = 0; isBrowsing; from += 40) await browse(estate.urls.proxy, 40, 200, from);
    })();
  }

  async function stopBrowsing(): Promise<void> {
    isBrowsing = false;
    await browsing;
  }
});
