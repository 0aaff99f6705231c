import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { MigrationStatus, SignatureList } from '../../proxy/admin/api-types.ts';
import { buildDashboard, dashboardIsStale } from '../../scripts/dashboard-build.ts';
import { RawClient } from '../support/raw-client.ts';
import { RunningFicus } from '../support/running-ficus.ts';
import { startTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { launchChromium } from './chromium.ts';
import { markup, plantedPaths, portOf, requestsFor, startPlantedSide } from './planted-texts.ts';

/** What neither a page nor a terminal may be given as it is. */
const unseen = /[^\P{C}\n\t]|[\u2028\u2029]/u;
const reason = `${markup} \u202e\u200b`;
/** The machine may be busy: a long wait costs nothing when what is awaited comes. */
const patienceMs = 30_000;
const mostScreens = 40;

describe('texts that traffic and people plant, in a running Ficus', () => {
  let database: TestDatabase;
  let ficus: RunningFicus;
  let browser: Browser;
  let signatures: SignatureList['signatures'];
  const sides: Server[] = [];

  before(async () => {
    if (dashboardIsStale()) await buildDashboard();
    [database, browser] = await Promise.all([startTestDatabase(), launchChromium()]);
    sides.push(await startPlantedSide('monolith'), await startPlantedSide('service'));
    ficus = await RunningFicus.start(routes(sides.map(portOf)), {
      DATABASE_URL: database.url,
      FICUS_REVEAL_KEY: randomBytes(32).toString('base64'),
      FICUS_TRACE_URL: 'https://tracing.example/trace/{traceId}',
    });
    await ficus.run('shadow', 'shop', '--share', '100%', '--reason', reason);
    using client = await RawClient.connect(ficus.port);
    for (const one of plantedPaths) {
      for (const request of requestsFor(one))
        assert.notEqual((await client.ask(request)).status, 400, request);
    }
    await ficus.until('all of them are pairs', async () => {
      const { pairs } = await ficus.read<MigrationStatus>('migrations/shop');
      return pairs.differed + pairs.incomparable >= 2 * plantedPaths.length;
    });
    ({ signatures } = await ficus.read<SignatureList>('migrations/shop/signatures'));
    await ficus.run(
      'verdict',
      signatures[0]!.signature,
      '--as',
      'bug',
      '--reason',
      reason,
      '--owner',
      markup.slice(0, 90),
    );
    // Refused, and told as it is written.
    await writeFile(
      ficus.routesFile,
      `${await readFile(ficus.routesFile, 'utf8')}"${'<img src=x onerror=ran>'}\u202e": 1\n`,
    );
    await ficus.until('the file is refused', async () => {
      const { problems } = await ficus.read<{ problems: string[] }>('config');
      return problems.length > 0;
    });
  });

  after(async () => {
    await browser?.close();
    await ficus?.remove();
    for (const server of sides) {
      server.closeAllConnections();
      server.close();
    }
    await database?.stop();
  });

  test('every screen shows them as texts: nothing runs, asks elsewhere, breaks or is wider than 360 px', async () => {
    const page = await browser.newPage({ viewport: { width: 360, height: 800 } });
    page.setDefaultTimeout(patienceMs);
    const complaints = watch(page, ficus.adminUrl);
    const known = new Set<string>(['/']);
    const shown: string[] = [];
    for (const address of known) {
      await page.goto(ficus.adminUrl + address);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.waitForLoadState('networkidle');
      await unfold(page);
      const text = (await page.locator('body').textContent()) ?? '';
      shown.push(text);
      if (unseen.test(text)) complaints.push(`${address} shows ${JSON.stringify(unseen.exec(text))}`);
      if (/something went wrong/i.test(text)) complaints.push(`${address} is broken`);
      complaints.push(...(await lookAt(page)).map((what) => `${address}: ${what}`));
      for (const link of await linksOf(page)) if (known.size < mostScreens) known.add(link);
    }
    assert.deepEqual(complaints, []);
    const all = shown.join('\n');
    for (const one of ['\\u{202e}', '\\u{200b}', '<img src=x onerror=', markup])
      assert.ok(all.includes(one), one);
    for (const part of [
      '/migrations/shop',
      '/audit',
      '/settings',
      `/differences/shop/${signatures[0]!.signature}`,
    ])
      assert.ok(
        [...known].some((address) => address.startsWith(part)),
        `${part} was not looked at`,
      );
    await page.close();
  });

  test('a planted text is revealed, it is a text, and goes when it is hidden again', async () => {
    const { signature } = signatures.find(
      ({ route, place }) => route === 'GET /json/**' && place === 'body:/hidden',
    )!;
    const page = await browser.newPage({ viewport: { width: 360, height: 800 } });
    page.setDefaultTimeout(patienceMs);
    const complaints = watch(page, ficus.adminUrl);
    await page.goto(`${ficus.adminUrl}/differences/shop/${signature}`);
    await page.getByRole('button', { name: 'Reveal 2 hidden values' }).click();
    await page.getByRole('dialog').getByLabel('Reason').fill(reason.replaceAll('\u200b', ''));
    await page.getByRole('dialog').getByRole('button', { name: 'Reveal', exact: true }).click();
    const values = page.locator('.revealed');
    await values.first().waitFor();
    const [text = ''] = await values.allTextContents();
    assert.ok(text.startsWith(`monolith ${markup}\\u{1b}[31m`), text);
    complaints.push(...(await lookAt(page)));
    await page.getByRole('button', { name: 'Hide again' }).click();
    assert.equal(await values.count(), 0);
    assert.deepEqual(complaints, []);
    await page.close();
  });

  test('every command prints them spelled out', async () => {
    const one = ['diffs', 'shop', '--signature'];
    const commands = [
      ['status'],
      ['status', 'shop'],
      ['gate', 'shop'],
      ['diffs', 'shop'],
      ...signatures.slice(0, 3).map(({ signature }) => [...one, signature, '--pairs', '50']),
      ['verdicts', 'shop'],
      ['contracts', 'shop'],
      ['audit'],
      ['promote', 'shop'],
      ['check', '--config', ficus.routesFile],
      ['gate', `\u001b[2J${markup}`],
    ];
    for (const args of commands) {
      const { stdout, stderr } = await ficus.run(...args);
      assert.doesNotMatch(stdout + stderr, unseen, args.join(' '));
    }
    const { stdout } = await ficus.run(...one, signatures[0]!.signature, '--json');
    assert.doesNotMatch(stdout, unseen);
  });
});

function routes([monolith, service]: readonly number[]): string {
  const both = plantedPaths.flatMap((one) => [
    `      - GET ${one}/**`,
    `      - { match: 'POST ${one}', shadow: dry-run }`,
  ]);
  return `version: 1
upstreams:
  monolith: { url: 'http://127.0.0.1:${monolith}' }
  shop: { url: 'http://127.0.0.1:${service}' }
default: monolith
migrations:
  shop:
    service: shop
    owner: ${JSON.stringify(markup)}
    stickBy: [header:x-user-id]
    routes:
${both.join('\n')}
    shadow: { redact: ['body:/hidden'] }
`;
}

/** What happens that must not, as it happens. */
function watch(page: Page, own: string): string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('dialog', (dialog) => {
    complaints.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (message) => {
    // What the policy stopped is told there, too.
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(`${own}/`)) complaints.push(`asked for ${request.url()}`);
  });
  return complaints;
}

/** Everything that can be opened. */
async function unfold(page: Page): Promise<void> {
  await page.evaluate('for (const one of document.querySelectorAll("details")) one.open = true');
  for (const button of await page.getByRole('button', { name: 'Unfold all' }).all()) await button.click();
}

async function lookAt(page: Page): Promise<string[]> {
  const seen = (await page.evaluate(`({
    ran: window.ran,
    wider: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    odd: document.querySelectorAll('iframe, [onerror], script:not([src]), img[src="x"]').length,
  })`)) as { ran?: unknown; wider: number; odd: number };
  return [
    ...(seen.ran === undefined ? [] : ['something ran']),
    ...(seen.wider > 0 ? [`${seen.wider} px wider than the window`] : []),
    ...(seen.odd > 0 ? [`${seen.odd} elements that nobody wrote`] : []),
  ];
}

/** Of the page itself, without the last part of what only differs by its filter. */
async function linksOf(page: Page): Promise<string[]> {
  const links = (await page.evaluate(
    '[...document.querySelectorAll("a[href]")].map((a) => a.getAttribute("href"))',
  )) as string[];
  return links.filter(
    (link) => link.startsWith('/') && !/^\/(?:assets|api|healthz|readyz|metrics)/.test(link),
  );
}
