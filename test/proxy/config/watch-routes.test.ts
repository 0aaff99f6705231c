import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import fs, {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { formatProblem } from '../../../proxy/config/problem.ts';
import { type RoutesWatcher, type WatchOptions, watchRoutes } from '../../../proxy/config/watch-routes.ts';

const log = pino({ level: 'silent' });
const tlsFixtures = fileURLToPath(new URL('../../fixtures/config/tls/', import.meta.url));

/** A good file, told apart by its port. */
const routes = (port: number) =>
  `upstreams: { monolith: { url: "http://127.0.0.1:${port}" } }\ndefault: monolith\n`;

/** What a watcher said, in order: ports of models, texts of problems, `[]` for solved ones. */
class Heard {
  readonly all: string[] = [];
  #wake = () => {};

  say(text: string): void {
    this.all.push(text);
    this.#wake();
  }

  async until(last: string): Promise<void> {
    while (this.all.at(-1) !== last) {
      await new Promise<void>((wake) => {
        this.#wake = wake;
      });
    }
  }
}

async function watchIt(t: TestContext, file: string, timing: Partial<WatchOptions> = {}) {
  const heard = new Heard();
  const watcher = await watchRoutes({
    file,
    log,
    settleMs: 20,
    pollMs: 60_000,
    ...timing,
    onModel: (model) => heard.say(`${model.upstreams[0]!.port}`),
    onProblems: (problems) =>
      heard.say(
        problems.length === 0 ? '[]' : problems.map((p) => `${basename(p.file)} ${p.message}`).join(),
      ),
  });
  t.after(() => watcher.close());
  return { heard, watcher };
}

function temporaryDirectory(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'ficus-watch-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

const options = { timeout: 20_000 };
const port = (watcher: RoutesWatcher) => watcher.current()?.upstreams[0]?.port;

test('the first load is done when the watcher is there', options, async (t) => {
  const file = join(temporaryDirectory(t), 'routes.yaml');
  writeFileSync(file, routes(1));
  const { heard, watcher } = await watchIt(t, file);
  assert.deepEqual(heard.all, ['1']);
  assert.equal(port(watcher), 1);
  assert.deepEqual(watcher.problems(), []);
});

test('a first load that fails says why, and there is no model', options, async (t) => {
  const { heard, watcher } = await watchIt(t, join(temporaryDirectory(t), 'routes.yaml'));
  assert.deepEqual(heard.all, ['routes.yaml does not exist']);
  assert.equal(watcher.current(), undefined);
});

test('a refusal says that the last good ones stay only where there are any', options, async (t) => {
  const file = join(temporaryDirectory(t), 'routes.yaml');
  const said: string[] = [];
  const listening = pino({}, { write: (line: string) => void said.push(JSON.parse(line).msg) });
  const { heard } = await watchIt(t, file, { log: listening, pollMs: 30 });
  writeFileSync(file, routes(1));
  await heard.until('1');
  rmSync(file);
  await heard.until('routes.yaml does not exist');
  assert.deepEqual(
    said.filter((line) => line.startsWith('routes refused')),
    ['routes refused, and there are none to go by yet', 'routes refused, the last good ones stay'],
  );
});

const deaf: [name: string, watch: () => EventEmitter][] = [
  [
    'has no watches left',
    () => {
      throw Object.assign(new Error('ENOSPC: System limit for number of file watchers reached'), {
        code: 'ENOSPC',
      });
    },
  ],
  [
    'breaks off its watches',
    () => {
      const watcher = Object.assign(new EventEmitter(), { close() {} });
      setImmediate(() => watcher.emit('error', new Error('EMFILE')));
      return watcher;
    },
  ],
  ['has lost what it should have said', () => Object.assign(new EventEmitter(), { close() {} })],
];
for (const [name, watch] of deaf) {
  test(`a kernel that ${name} costs the time until the next look`, options, async (t) => {
    t.mock.method(fs, 'watch', watch);
    syncBuiltinESMExports();
    t.after(() => {
      t.mock.restoreAll();
      syncBuiltinESMExports();
    });
    const file = join(temporaryDirectory(t), 'routes.yaml');
    writeFileSync(file, routes(1));
    const { heard } = await watchIt(t, file, { pollMs: 30 });
    for (const next of [2, 3]) {
      writeFileSync(file, routes(next));
      await heard.until(`${next}`);
    }
    assert.deepEqual(heard.all, ['1', '2', '3']);
  });
}

test('a file written in place is applied once', options, async (t) => {
  const file = join(temporaryDirectory(t), 'routes.yaml');
  writeFileSync(file, routes(1));
  const { heard } = await watchIt(t, file);
  for (const next of [2, 3]) {
    writeFileSync(file, routes(next));
    await heard.until(`${next}`);
  }
  assert.deepEqual(heard.all, ['1', '2', '3']);
});

test('a file replaced by an atomic rename is applied once', options, async (t) => {
  const file = join(temporaryDirectory(t), 'routes.yaml');
  writeFileSync(file, routes(1));
  const { heard } = await watchIt(t, file);
  for (const next of [2, 3]) {
    writeFileSync(`${file}.new`, routes(next));
    renameSync(`${file}.new`, file);
    await heard.until(`${next}`);
  }
  assert.deepEqual(heard.all, ['1', '2', '3']);
});

test("a ConfigMap's swap of ..data is applied once", options, async (t) => {
  const directory = temporaryDirectory(t);
  const file = join(directory, 'routes.yaml');
  const publish = (version: number) => {
    mkdirSync(join(directory, `..${version}`));
    writeFileSync(join(directory, `..${version}`, 'routes.yaml'), routes(version));
    symlinkSync(`..${version}`, join(directory, '..data_tmp'));
    renameSync(join(directory, '..data_tmp'), join(directory, '..data'));
  };
  publish(1);
  symlinkSync('..data/routes.yaml', file);
  const { heard } = await watchIt(t, file);
  for (const next of [2, 3]) {
    publish(next);
    await heard.until(`${next}`);
    rmSync(join(directory, `..${next - 1}`), { recursive: true });
  }
  assert.deepEqual(heard.all, ['1', '2', '3']);
});

test('a deleted file keeps the last good one; the same file again is no change', options, async (t) => {
  const file = join(temporaryDirectory(t), 'routes.yaml');
  writeFileSync(file, routes(1));
  const { heard, watcher } = await watchIt(t, file);
  rmSync(file);
  await heard.until('routes.yaml does not exist');
  assert.equal(port(watcher), 1);
  writeFileSync(file, routes(1));
  await heard.until('[]');
  assert.deepEqual(watcher.problems(), []);
  writeFileSync(file, routes(2));
  await heard.until('2');
  assert.deepEqual(heard.all, ['1', 'routes.yaml does not exist', '[]', '2']);
});

test('a bad file keeps the last good one and reports every problem', options, async (t) => {
  const file = join(temporaryDirectory(t), 'routes.yaml');
  writeFileSync(file, routes(1));
  const { heard, watcher } = await watchIt(t, file);
  writeFileSync(file, 'upstreams: { monolith: { ulr: "http://a" } }\ndefault: monolit\n');
  await heard.until(
    [
      'routes.yaml is missing',
      'routes.yaml is not a setting; did you mean "url"?',
      'routes.yaml "monolit" is not an upstream; did you mean "monolith"?',
    ].join(),
  );
  assert.equal(port(watcher), 1);
  assert.equal(
    watcher.problems().map(formatProblem)[2],
    `${file}:2:10 default "monolit" is not an upstream; did you mean "monolith"?`,
  );
  writeFileSync(file, routes(2));
  await heard.until('2');
  assert.deepEqual(heard.all.slice(2), ['[]', '2']);
});

test('a change that the kernel does not tell of is found by polling', options, async (t) => {
  const elsewhere = join(temporaryDirectory(t), 'real.yaml');
  const file = join(temporaryDirectory(t), 'routes.yaml');
  writeFileSync(elsewhere, routes(1));
  symlinkSync(elsewhere, file);
  const { heard } = await watchIt(t, file, { pollMs: 30 });
  writeFileSync(elsewhere, routes(2));
  await heard.until('2');
  assert.deepEqual(heard.all, ['1', '2']);
});

test('a directory that is replaced is watched anew', options, async (t) => {
  const directory = join(temporaryDirectory(t), 'etc');
  const file = join(directory, 'routes.yaml');
  mkdirSync(directory);
  writeFileSync(file, routes(1));
  const { heard } = await watchIt(t, file, { pollMs: 30 });
  rmSync(directory, { recursive: true });
  await heard.until('routes.yaml does not exist');
  mkdirSync(directory);
  writeFileSync(file, routes(2));
  await heard.until('2');
});

test('a file that is touched, or written again as it was, is not applied again', options, async (t) => {
  const file = join(temporaryDirectory(t), 'routes.yaml');
  writeFileSync(file, routes(1));
  const { heard } = await watchIt(t, file);
  const witness = await watchIt(t, file);
  utimesSync(file, 1, 1);
  writeFileSync(file, routes(1));
  writeFileSync(file, routes(2));
  await Promise.all([heard.until('2'), witness.heard.until('2')]);
  assert.deepEqual(heard.all, ['1', '2']);
});

test('a certificate that is renewed is applied though routes.yaml stays', options, async (t) => {
  const directory = temporaryDirectory(t);
  const file = join(directory, 'routes.yaml');
  writeFileSync(file, 'upstreams: { monolith: { url: "https://a", ca: ca.pem } }\ndefault: monolith\n');
  const { heard, watcher } = await watchIt(t, file, { pollMs: 30 });
  assert.equal(heard.all[0], `routes.yaml "${join(directory, 'ca.pem')}" cannot be read: ENOENT`);
  copyFileSync(join(tlsFixtures, 'ca.pem'), join(directory, 'ca.pem'));
  await heard.until('443');
  assert.match(watcher.current()!.upstreams[0]!.tls!.ca!, /BEGIN CERTIFICATE/);
});

test('a file that is never left alone is read all the same', options, async (t) => {
  const file = join(temporaryDirectory(t), 'routes.yaml');
  writeFileSync(file, routes(1));
  const { heard } = await watchIt(t, file, { settleMs: 5000, maxSettleMs: 100 });
  const writer = setInterval(() => writeFileSync(file, routes(2)), 5);
  t.after(() => clearInterval(writer));
  await heard.until('2');
});

test('a closed watcher says nothing more', options, async (t) => {
  const file = join(temporaryDirectory(t), 'routes.yaml');
  writeFileSync(file, routes(1));
  const closed = await watchIt(t, file, { pollMs: 30 });
  const witness = await watchIt(t, file, { pollMs: 30 });
  closed.watcher.close();
  writeFileSync(file, routes(2));
  await witness.heard.until('2');
  assert.deepEqual(closed.heard.all, ['1']);
});
