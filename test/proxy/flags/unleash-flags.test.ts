import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import type { FlagSource } from '../../../proxy/flags/flag-source.ts';
import { openFlags } from '../../../proxy/flags/open-flags.ts';
import { askedShare, shareStrategy } from '../../../proxy/flags/share.ts';
import { openUnleashFlags } from '../../../proxy/flags/unleash-flags.ts';
import { systemClock } from '../../../proxy/telemetry/clock.ts';
import { HeardLog } from './heard-log.ts';
import {
  answerFeatures,
  answerJson,
  type StubAnswer,
  type StubUnleash,
  startStubUnleash,
} from './stub-unleash.ts';

const options = { timeout: 20_000 };
const heldBack = 'flags from Unleash are held back, the last known ones stay';

const serving = (percent: number, name = 'catalog.serve') => ({
  name,
  enabled: true,
  strategies: [shareStrategy('catalog', 'serve', percent)],
});

interface Opened {
  readonly flags: FlagSource;
  readonly heard: HeardLog;
  readonly stub: StubUnleash;
  readonly dataDir: string;
}

function temporaryDirectory(t: TestContext): string {
  const dataDir = mkdtempSync(join(tmpdir(), 'ficus-flags-'));
  t.after(() => rmSync(dataDir, { recursive: true, force: true }));
  return dataDir;
}

async function open(
  t: TestContext,
  answer: StubAnswer,
  { dataDir = temporaryDirectory(t), url = '' } = {},
): Promise<Opened> {
  const stub = await startStubUnleash(answer);
  const heard = new HeardLog();
  const flags = await openUnleashFlags({
    url: url || stub.url,
    apiToken: 'default:staging.secret',
    adminToken: 'admin',
    dataDir,
    clock: systemClock,
    log: heard.log,
    refreshMs: 20,
    staleMs: 300,
    firstAnswerMs: 5000,
  });
  t.after(async () => {
    await flags.close();
    await stub.close();
  });
  return { flags, heard, stub, dataDir };
}

const asked = (flags: FlagSource) => askedShare(flags.current(), 'catalog.serve').percent;

function untilAsked(flags: FlagSource, percent: number): Promise<void> {
  return new Promise((resolve) => {
    flags.onChange(() => {
      if (asked(flags) === percent) resolve();
    });
  });
}

/** A server that has just gone away: its port answers nobody. */
async function deadUrl(): Promise<string> {
  const stub = await startStubUnleash(answerJson({}));
  await stub.close();
  return stub.url;
}

test('the first flags are there when the source is, later ones are told', options, async (t) => {
  const { flags, stub } = await open(t, answerFeatures(serving(5)));
  assert.equal(asked(flags), 5);
  assert.deepEqual(flags.health(), { source: 'unleash', up: true });
  const changed = untilAsked(flags, 6);
  stub.answer(answerFeatures(serving(6)));
  await changed;
});

test('segments come along', options, async (t) => {
  const segment = { id: 7, constraints: [{ contextName: 'userId', operator: 'IN', values: ['alice'] }] };
  const { flags } = await open(t, answerJson({ version: 2, features: [serving(5)], segments: [segment] }));
  assert.equal(flags.current().segments[0]!.id, 7);
});

test('the same flags again are no change', options, async (t) => {
  const { flags, stub } = await open(t, answerFeatures(serving(5)));
  let told = 0;
  flags.onChange(() => told++);
  const before = stub.requests();
  while (stub.requests() < before + 3) await new Promise((resolve) => setImmediate(resolve));
  const changed = untilAsked(flags, 6);
  stub.answer(answerFeatures(serving(6)));
  await changed;
  assert.equal(told, 1);
});

describe('what cannot be right is held back, and the last known flags stay', () => {
  const bad: [string, unknown, RegExp][] = [
    ['no flags at all', { version: 2, features: [] }, /^all 1 flags are gone at once, there are none$/],
    [
      'none of the flags of before',
      { version: 2, features: [serving(9, 'other')] },
      /^all 1 flags are gone at once, there are 1 others$/,
    ],
    [
      'flags of the wrong shape',
      { version: 2, features: [{ name: 'catalog.serve' }] },
      /^features\[0\]\.enabled: /,
    ],
  ];
  for (const [name, body, doubt] of bad) {
    test(name, options, async (t) => {
      const { flags, heard, stub } = await open(t, answerFeatures(serving(5)));
      const held = heard.until(heldBack);
      stub.answer(answerJson(body));
      assert.match(String((await held)['doubt']), doubt);
      assert.equal(asked(flags), 5);
      const { up, detail } = flags.health();
      assert.equal(up, false);
      assert.match(detail ?? '', / \(since 20.*Z\)$/);

      const changed = untilAsked(flags, 6);
      stub.answer(answerFeatures(serving(6)));
      await changed;
      assert.equal(flags.health().up, true);
    });
  }

  test('one flag of several may go', options, async (t) => {
    const { flags, stub } = await open(t, answerFeatures(serving(5), serving(5, 'other')));
    const changed = untilAsked(flags, 0);
    stub.answer(answerFeatures(serving(5, 'other')));
    await changed;
  });
});

describe('while the server is no use the last known flags stay, and it is asked again', () => {
  const bad: [string, StubAnswer][] = [
    ['401, on which the client alone would stop for good', answerJson({}, 401)],
    ['403, on which the client alone would stop for good', answerJson({}, 403)],
    ['429', answerJson({}, 429)],
    ['500', answerJson({}, 500)],
    ['what is not JSON', (_request, response) => void response.writeHead(200).end('<html>')],
    ['JSON of another kind', answerJson({ hello: 1 })],
    ['a connection that breaks', (request) => void request.socket.destroy()],
    ['no answer at all', () => {}],
  ];
  for (const [name, answer] of bad) {
    test(name, options, async (t) => {
      const { flags, heard, stub } = await open(t, answerFeatures(serving(5)));
      const noticed = heard.until('Unleash gives no flags, the last known ones stay');
      stub.answer(answer);
      await noticed;
      assert.equal(asked(flags), 5);
      const changed = untilAsked(flags, 6);
      stub.answer(answerFeatures(serving(6)));
      await changed;
      assert.deepEqual(flags.health(), { source: 'unleash', up: true });
    });
  }
});

describe('a start while the server is away', () => {
  test('has the flags of the backup, and says so', options, async (t) => {
    const dataDir = temporaryDirectory(t);
    const before = await open(t, answerFeatures(serving(5)), { dataDir });
    await before.flags.close();
    before.stub.answer((request) => void request.socket.destroy());
    const { flags } = await open(t, answerJson({}), { dataDir, url: before.stub.url });
    assert.equal(asked(flags), 5);
    const { up, detail } = flags.health();
    assert.equal(up, false);
    assert.ok(detail);

    const changed = untilAsked(flags, 6);
    before.stub.answer(answerFeatures(serving(6)));
    await changed;
    assert.equal(flags.health().up, true);
  });

  test('has no flags without a backup', options, async (t) => {
    const { flags } = await open(t, answerJson({}), { url: await deadUrl() });
    assert.deepEqual(flags.current().features, []);
    assert.equal(flags.health().up, false);
  });

  test("does not take another server's backup", options, async (t) => {
    const dataDir = temporaryDirectory(t);
    const before = await open(t, answerFeatures(serving(5)), { dataDir });
    await before.flags.close();
    const { flags } = await open(t, answerJson({}), { dataDir, url: await deadUrl() });
    assert.deepEqual(flags.current().features, []);
  });

  test('does not take a broken backup', options, async (t) => {
    const dataDir = temporaryDirectory(t);
    writeFileSync(join(dataDir, 'unleash-backup.json'), '{"origin":');
    const { flags, heard } = await open(t, answerJson({}), { dataDir, url: await deadUrl() });
    assert.deepEqual(flags.current().features, []);
    await heard.until('the backup of flags is broken and is not used', 0);
  });
});

test('flags that are gone at once are held back also across a restart', options, async (t) => {
  const dataDir = temporaryDirectory(t);
  const before = await open(t, answerFeatures(serving(5)), { dataDir });
  await before.flags.close();
  before.stub.answer(answerFeatures());
  const { flags, heard } = await open(t, answerJson({}), { dataDir, url: before.stub.url });
  await heard.until(heldBack, 0);
  assert.equal(asked(flags), 5);
  assert.match(readFileSync(join(dataDir, 'unleash-backup.json'), 'utf8'), /catalog\.serve/);
});

test('a first start on a server without flags is one', options, async (t) => {
  const { flags } = await open(t, answerFeatures());
  assert.deepEqual(flags.health(), { source: 'unleash', up: true });
});

describe('setting a share', () => {
  const change = { migrationId: 'catalog', which: 'serve', percent: 5, reason: 'test', actor: 'me' } as const;
  const refusals: [number, RegExp][] = [
    [401, /does not know UNLEASH_ADMIN_TOKEN \(401\): is it one of this server, and not expired\?$/],
    [403, /UNLEASH_ADMIN_TOKEN may not set catalog.serve \(403\): it must be an admin token/],
    [500, /could not set catalog.serve \(500\): \{"why":"because"\}$/],
  ];
  for (const [status, message] of refusals) {
    test(`that Unleash answers with ${status} says what to do`, options, async (t) => {
      const { flags, stub } = await open(t, answerFeatures(serving(1)));
      stub.answer(answerJson({ why: 'because' }, status));
      await assert.rejects(flags.setShare(change), { message });
      assert.equal(asked(flags), 1);
    });
  }

  test('asks for the environment that the API token reads', options, async (t) => {
    const { flags, stub } = await open(t, answerFeatures(serving(1)));
    const paths: string[] = [];
    stub.answer((request, response) => {
      if (request.url?.includes('/admin/')) paths.push(`${request.method} ${request.url}`);
      const status = request.url?.includes('/environments/') ? 404 : 200;
      answerJson({ features: [serving(1)] }, status)(request, response);
    });
    await assert.rejects(flags.setShare(change), {
      message: /no catalog.serve for environment "staging" in project default \(404\)/,
    });
    assert.equal(paths.at(-1), 'GET /api/admin/projects/default/features/catalog.serve/environments/staging');
  });

  test('of a server that is away says so', options, async (t) => {
    const { flags } = await open(t, answerJson({}), { url: await deadUrl() });
    await assert.rejects(flags.setShare(change), {
      message: /^Unleash at http.* gave no answer: ECONNREFUSED$/,
    });
  });

  test('without UNLEASH_ADMIN_TOKEN says what to do', options, async (t) => {
    const stub = await startStubUnleash(answerFeatures(serving(1)));
    t.after(() => stub.close());
    const flags = await openFlags(
      {
        dataDir: temporaryDirectory(t),
        unleash: { url: stub.url, apiToken: 'a:b.c', adminToken: undefined },
      },
      { clock: systemClock, log: new HeardLog().log },
    );
    t.after(() => flags.close());
    await assert.rejects(flags.setShare(change), { message: /^UNLEASH_ADMIN_TOKEN is not set: / });
  });
});

test('UNLEASH_URL without UNLEASH_API_TOKEN is refused at the start', options, async (t) => {
  const settings = {
    dataDir: temporaryDirectory(t),
    unleash: { url: 'http://127.0.0.1:1', apiToken: undefined, adminToken: undefined },
  };
  await assert.rejects(openFlags(settings, { clock: systemClock, log: new HeardLog().log }), {
    message: /UNLEASH_API_TOKEN/,
  });
});
