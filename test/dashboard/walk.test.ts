import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { Sessions } from '../../proxy/admin/login/session.ts';
import { readTokenFile } from '../../proxy/admin/login/token-file.ts';
import { TokenLogin } from '../../proxy/admin/login/token-login.ts';
import { type AdminServer, startAdmin } from '../../proxy/admin/start-admin.ts';
import { systemClock } from '../../proxy/telemetry/clock.ts';
import { buildDashboard } from '../../scripts/dashboard-build.ts';
import { InMemoryEstate } from '../proxy/admin/in-memory-deps.ts';
import { hashOf } from '../proxy/admin/login/hash-of.ts';
import { catalogPair, catalogSignatures, catalogStatus, ordersStatus } from '../proxy/admin/sample-data.ts';
import { type SampleWay, sampleGrid } from '../support/sample-series.ts';
import { accessibilityFindings, launchChromium } from './chromium.ts';
import { compared } from './compared-bodies.ts';
import { plantedContracts } from './planted-contracts.ts';

/** The machine may be busy: a long wait costs nothing when what is awaited comes. */
const patienceMs = 30_000;

/** What would run, steer or break a page that took it for more than a text. */
const planted = `<img src=x onerror="window.ran=1"></script><script>window.ran=1</script>\u001b[31m\u2028\u202e${'`'}"'&lt;`;

describe('the dashboard in a browser', () => {
  let folder: string;
  let browser: Browser;
  let estate: InMemoryEstate;
  let admin: AdminServer;
  let page: Page;
  let complaints: string[];

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'ficus-dashboard-'));
    [browser] = await Promise.all([launchChromium(), buildDashboard(folder)]);
  });

  after(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  beforeEach(async () => {
    estate = new InMemoryEstate();
    estate.migrations.set('orders', ordersStatus);
    admin = await startAdmin({ deps: estate.deps(), port: 0, dashboardFolder: folder });
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.setDefaultTimeout(patienceMs);
    complaints = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      // The browser says that of every answer that is no 2xx; those are looked at on the page.
      const isStatus = message.text().startsWith('Failed to load resource');
      if (message.type() === 'error' && !isStatus) complaints.push(message.text());
    });
  });

  afterEach(async () => {
    await page.close();
    await admin.close();
  });

  test('QA goes from the overview to the largest difference, reads a pair and judges it by keyboard', async () => {
    await page.goto(admin.url);
    const row = page.getByRole('row', { name: /catalog/ });
    await row.getByText('canary 5 %').waitFor();
    assert.match((await row.textContent()) ?? '', /2 signatures have no verdict yet/);

    await row.getByRole('link', { name: 'catalog' }).click();
    await page.getByRole('heading', { name: 'catalog', exact: true }).waitFor();
    await page.getByRole('link', { name: 'Judge them' }).click();
    assert.equal(new URL(page.url()).search, '?migration=catalog&state=open');
    await page.getByRole('link', { name: 'body:/price' }).click();

    const differing = page.locator('.row.own');
    await differing.waitFor();
    assert.deepEqual(await differing.locator('code').allTextContents(), ['"price": 12.35', '"price": 12.34']);
    await page.getByText('tolerate: [{ at: body:/price, within: 0.01 }]').waitFor();
    await page.keyboard.press('n');
    await page.locator('.row.own:focus').waitFor();

    await page.keyboard.press('e');
    await page.keyboard.type('prices get cents');
    await page.keyboard.press('Enter');
    await page
      .getByText('body:/price of GET /api/products/{productId}: expected, by team-catalog.')
      .waitFor();
    const [verdict] = estate.verdicts;
    assert.equal(verdict?.verdict, 'expected');
    assert.equal(verdict?.reason, 'prices get cents');
    assert.equal(verdict?.actor, 'api:dashboard');
    assert.ok(Date.parse(verdict?.until ?? '') > Date.now());
    assert.deepEqual(complaints, []);
  });

  test('QA goes through the list by keyboard, judges two in one and takes that back', async () => {
    await page.goto(`${admin.url}/differences?migration=catalog`);
    const link = (place: string) => page.getByRole('link', { name: place });
    await link('body:/price').waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await page.keyboard.press('j');
    await page.keyboard.press('Shift+X');
    await page.getByText('2 differences ticked').waitFor();
    await page.keyboard.press('b');
    await page.getByRole('dialog').getByRole('heading', { name: 'Judge 2 differences' }).waitFor();
    await page.keyboard.type('both lose what clients read');
    await page.keyboard.press('Enter');
    await page.getByText('2 differences of catalog: bug, by team-catalog.').waitFor();
    await page.getByText('3 kinds of difference: 0 to judge, 2 bugs.', { exact: false }).waitFor();
    await page.keyboard.press('u');
    await page.getByText('2 verdicts of catalog are taken back.').waitFor();
    await page.getByText('2 to judge, 0 bugs.', { exact: false }).waitFor();
    assert.deepEqual(
      estate.verdicts.slice(0, 2).map(({ verdict, undoes }) => [verdict, undoes !== undefined]),
      [
        ['withdrawn', true],
        ['expected', true],
      ],
    );

    await page.keyboard.press('?');
    await page.getByRole('dialog').getByText('take back what you just decided').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('k');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'body:/price' }).waitFor();
    assert.deepEqual(complaints, []);
  });

  test('markup of both sides stands line by line, is searched, jumped through and shown as it was stored', async () => {
    const html = (name: string) => ({
      type: 'text/html',
      body: `<ul>${'<li>same</li>'.repeat(20)}</ul><p onclick="window.ran=1">Hello ${name}<img src="x" onerror="window.ran=1"></p>`,
      headers: ['Cache-Control', name === 'you' ? 'max-age=60' : 'max-age=61'],
    });
    const { differences, ...answers } = compared(html('you'), html('all'));
    const signature = '5f1c0a9be2d4';
    const own = differences.map((one) => (one.place.startsWith('body:') ? { ...one, signature } : one));
    estate.pairs = [{ ...catalogPair, ...answers, differences: own }];
    await page.goto(`${admin.url}/differences/catalog/${signature}`);
    await page.getByText('2 differing places, 1 of this signature').waitFor();
    await page.keyboard.press('n');
    const at = page.locator('.row.own:focus');
    assert.deepEqual(await at.locator('mark').allTextContents(), ['you', 'all']);
    await page.keyboard.press('n');
    await page.locator('tr.other:focus', { hasText: 'max-age=60' }).waitFor();
    await page.getByText('1 of 2 differing places').waitFor();

    await page.keyboard.press('/');
    await page.keyboard.type('li>same');
    await page.getByText('1 of 20').waitFor();
    await page.keyboard.press('Shift+Enter');
    await page.getByText('20 of 20').waitFor();
    await page.locator('.row.found', { hasText: '<li>same</li>' }).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('v');
    await page.locator('.raw pre').first().waitFor();
    assert.match((await page.locator('.raw').textContent()) ?? '', /<img src="x" onerror="window.ran=1"\/>/);
    assert.equal(await page.locator('main img').count(), 0);
    assert.equal(await page.evaluate('window.ran'), undefined);
    assert.deepEqual(complaints, []);
  });

  test('a promotion that the gate refuses says why; roll back works while the store is away', async () => {
    await page.goto(`${admin.url}/migrations/catalog`);
    await page.getByRole('button', { name: 'Promote to 25 %' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Promote', exact: true }).click();
    const refusal = page.getByRole('dialog').getByRole('alert');
    await refusal.getByText('GET /api/categories has 1,760 pairs; 1,240 more are wanted.').waitFor();
    await page.keyboard.press('Escape');

    estate.storeError = new Error('connect ECONNREFUSED');
    await page.getByText('The store did not answer', { exact: false }).first().waitFor();
    await page.getByRole('button', { name: 'Roll back catalog' }).click();
    await page.getByRole('dialog').getByLabel('Reason').fill('errors in the shop');
    await page.getByRole('dialog').getByRole('button', { name: 'Roll back', exact: true }).click();
    await page.getByText('catalog is in monolith.').waitFor();
    assert.equal(estate.auditRows[0]?.action, 'rollback');
    assert.equal(estate.auditRows[0]?.reason, 'errors in the shop');

    await admin.close();
    await page.getByText('Ficus does not answer').waitFor();
    await page.getByRole('heading', { name: 'Both sides' }).waitFor();
    assert.deepEqual(complaints, []);
  });

  test('on-call rolls back by a key from the overview, sees who is affected, and is back where they were', async () => {
    await page.goto(admin.url);
    const link = page.getByRole('link', { name: 'catalog' });
    await link.focus();
    await page.keyboard.press('r');
    const dialog = page.getByRole('dialog', { name: 'Roll back catalog' });
    await dialog.getByText('Of 400 users seen in the last 10 minutes', { exact: false }).waitFor();
    await page.keyboard.press('Escape');
    await page.locator('th a:focus').waitFor();
    await page.keyboard.press('r');
    await page.keyboard.type('errors in the shop');
    await page.keyboard.press('Enter');
    await page.getByText('catalog is in monolith.').waitFor();
    assert.equal(estate.auditRows[0]?.reason, 'errors in the shop');
    assert.deepEqual(complaints, []);
  });

  test('a move decided on what somebody else has changed meanwhile is looked at again, and then made', async () => {
    estate.reasons = [];
    await page.goto(`${admin.url}/migrations/catalog`);
    await page.getByRole('button', { name: 'Promote to 25 %' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('about 80 users', { exact: false }).waitFor();
    estate.migrations.set('catalog', { ...catalogStatus, revision: 9 });
    await dialog.getByRole('button', { name: 'Promote', exact: true }).click();
    await dialog.getByText('catalog is at revision 9 by now, not 4', { exact: false }).waitFor();
    await dialog.getByRole('button', { name: 'Look again' }).click();
    await dialog.getByRole('button', { name: 'Promote', exact: true }).click();
    await page.getByText('catalog is in canary.').waitFor();
    assert.deepEqual(complaints, []);
  });

  test('texts from traffic stay texts, in every field that traffic or people can fill', async () => {
    plant(estate);
    for (const address of screens) {
      await page.goto(admin.url + address);
      await page
        .getByRole('main')
        .getByText('<img src=x onerror', { exact: false })
        .locator('visible=true')
        .first()
        .waitFor();
      // One picture: the page's own sign.
      assert.equal(await page.locator('img').count(), 1, address);
      const text = (await page.locator('body').textContent()) ?? '';
      assert.match(text, /\\u\{2028\}\\u\{202e\}/, address);
      for (const one of '\u001b\u2028\u202e') assert.ok(!text.includes(one), address);
    }
    await page.getByRole('main').waitFor();
    assert.equal(await page.evaluate('window.ran'), undefined);
    assert.deepEqual(complaints, []);
  });

  test('axe finds nothing on any screen, light or dark, wide or narrow', async () => {
    plant(estate);
    // Colours are what differs in the dark, and the width is what differs in a pocket.
    const looks = [
      { colorScheme: 'light', width: 1280, rules: undefined },
      { colorScheme: 'dark', width: 360, rules: ['color-contrast', 'target-size'] },
    ] as const;
    for (const { colorScheme, width, rules } of looks) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height: 844 });
      for (const address of [...screens, '/settings', '/settings/nothing']) {
        await page.goto(admin.url + address);
        await page.getByRole('heading', { level: 1 }).waitFor();
        await page.waitForLoadState('networkidle');
        assert.deepEqual(
          await accessibilityFindings(page, rules && [...rules]),
          [],
          `${address}, ${colorScheme}`,
        );
        const overflow = await page.evaluate(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        );
        assert.equal(overflow, 0, `${address} is wider than ${width} px`);
      }
    }
  });

  test('where a login is wanted a token lets in, and what it may not do is not offered', async () => {
    const tokens = readTokenFile(
      'tokens.yaml',
      `tokens:\n  - { name: kim, role: qa, sha256: ${hashOf('secret-kim')} }\n`,
    );
    const guarded = await startAdmin({
      deps: estate.deps(),
      port: 0,
      dashboardFolder: folder,
      login: {
        tokens: new TokenLogin({ tokens: () => tokens, clock: systemClock }),
        sessions: new Sessions(randomBytes(32), () => systemClock.now()),
        oidc: undefined,
      },
    });
    try {
      await page.goto(`${guarded.url}/differences/catalog/91d2e07744aa`);
      await page.getByLabel('Token').fill('secret-nobody');
      await page.getByRole('button', { name: 'Log in' }).click();
      await page.getByText('This token is not known here, or has expired.').waitFor();
      assert.deepEqual(await accessibilityFindings(page), []);
      await page.getByLabel('Token').fill('secret-kim');
      await page.getByRole('button', { name: 'Log in' }).click();

      await page.getByRole('radio', { name: /bug/ }).check();
      await page.getByLabel('Reason').fill('the null is missing');
      await page.getByRole('button', { name: 'Judge' }).click();
      await page.getByText(': bug, by team-catalog.').waitFor();
      assert.equal(estate.verdicts[0]?.actor, 'token:kim');
      await page.getByRole('link', { name: 'Overview' }).click();
      await page.getByRole('link', { name: 'catalog' }).click();
      await page.getByText('Moving wants the role operator; you are qa.').waitFor();
      assert.ok(await page.getByRole('button', { name: 'Promote' }).isDisabled());
      await page.getByRole('button', { name: 'Log out' }).click();
      await page.getByLabel('Token').waitFor();
    } finally {
      await guarded.close();
    }
  });

  test('the guard takes a migration back while somebody looks on, the page shows it without being asked', async () => {
    await page.clock.install();
    await page.goto(admin.url);
    const row = page.getByRole('row', { name: /catalog/ });
    await row.getByText('canary 5 %').waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    // From here on nothing is asked for again by the clock.
    await page.clock.pauseAt(Date.now() + 500);
    const latch = {
      at: '2026-11-20T12:00:00.000Z',
      kind: 'errors',
      reason: 'too many 5xx',
      numbers: {},
    } as const;
    estate.migrations.set('catalog', { ...catalogStatus, latch, revision: 99 });
    // What is gathered of events waits for a timer.
    for (let ms = 0; ms < 1_500 && !(await row.getByText('too many 5xx').isVisible()); ms += 100) {
      await page.waitForTimeout(200);
      await page.clock.runFor(100);
    }
    await row.getByText('too many 5xx').waitFor();

    await admin.close();
    await page.getByText(/^Seen \d/).waitFor();
    assert.deepEqual(complaints, []);
  });

  test('charts show a chosen time, are read by arrow keys and as a table, and say what moved the migration', async () => {
    const from = Date.now() - 3_600_000;
    estate.series = (grid) => sampleGrid(grid, ways);
    estate.auditRows = [
      {
        ...{
          seq: 1,
          at: new Date(from).toISOString(),
          actor: 'cli:ada',
          action: 'promote',
          migration: 'catalog',
        },
        ...{ reason: 'quiet', detail: { from: 5, to: 25 }, hash: 'ab'.repeat(32) },
      },
    ];
    await page.goto(admin.url);
    await page.getByText('3 of 12 routes moved').waitFor();
    await page.getByRole('slider', { name: 'Progress' }).waitFor();
    await page
      .getByRole('img', { name: /^p99 lately: monolith at most .* ms, now .* ms; service at most/ })
      .waitFor();

    await page.getByRole('link', { name: 'catalog' }).click();
    await page.getByRole('button', { name: '6 h' }).click();
    await page.waitForURL('**/migrations/catalog?span=6h');
    await page.getByText('promote 5 % → 25 %').waitFor();
    const share = page.getByRole('slider', { name: 'Share' });
    await share.press('Home');
    const [first, readElsewhere] = await Promise.all(
      [share, page.getByRole('slider', { name: 'Errors' })].map((one) => one.getAttribute('aria-valuetext')),
    );
    assert.match(first ?? '', /: asked 25 %, allowed 25 %, effective 25 %$/);
    assert.match(readElsewhere ?? '', /monolith [\d.]+ %, service [\d.]+ %/);
    await share.press('ArrowRight');
    assert.notEqual(await share.getAttribute('aria-valuetext'), first);
    assert.equal(await share.getAttribute('aria-valuenow'), '1');

    await page.getByText('As a table').first().click();
    const rows = page.getByRole('region', { name: 'Share, values' }).getByRole('row');
    assert.ok((await rows.count()) > 300);
    assert.deepEqual(complaints, []);
  });

  test('an empty installation says what to do next', async () => {
    estate.migrations.clear();
    await page.goto(admin.url);
    await page.getByText('ficus init --from openapi.yaml').waitFor();
  });
});

const ways: readonly SampleWay[] = ['catalog', ''].map((migration) => ({
  ...{ migration, requestsAMinute: 400, monolithMs: 30, serviceMs: 10, routes: 12 },
  shares: [{ fromMs: 0, percent: 25 }],
}));

const screens = [
  '/',
  '/migrations/catalog',
  '/contracts',
  '/differences',
  '/differences/catalog/5f1c0a9be2d4',
  '/audit',
];

function plant(estate: InMemoryEstate): void {
  estate.migrations.set('catalog', { ...catalogStatus, owner: planted, holds: [planted] });
  estate.reasons = [{ rule: 'unjudged', state: 'refused', text: planted }];
  estate.contractView = plantedContracts(planted);
  estate.series = (grid) => sampleGrid(grid, ways).map((row) => ({ ...row, dropped: { [planted]: 1 } }));
  estate.signatures = catalogSignatures.map((one) => ({
    ...one,
    place: `body:/${planted}`,
    route: planted,
    monolith: planted,
    service: planted,
  }));
  const body = JSON.stringify({ [planted]: planted, price: 1 }, null, 2);
  estate.pairs = [
    {
      ...catalogPair,
      route: planted,
      request: { method: 'GET', target: `/${planted}`, headers: [planted, planted], body: planted },
      monolith: { status: 200, headers: ['content-type', planted, planted, planted], body },
      service: { status: 200, headers: ['content-type', 'x'], body: body.replace('1', '2') },
    },
  ];
  estate.auditRows = [
    {
      seq: 1,
      at: '2026-11-20T12:00:00.000Z',
      actor: planted,
      action: 'verdict',
      migration: 'catalog',
      reason: planted,
      detail: { [planted]: planted },
      hash: 'ab'.repeat(32),
    },
  ];
}
