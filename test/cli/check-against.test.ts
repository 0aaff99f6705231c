import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { coarseBucket } from '../../proxy/routing/bucket.ts';
import type { SimulationReport } from '../../proxy/simulate/protocol.ts';
import { fileWith, recordingText, sampleExchange, withFolder } from '../proxy/recording/sample-recording.ts';
import { runFicus, withEstate } from './run-ficus.ts';

const routes = (...lines: string[]) => `upstreams:
  monolith: { url: http://127.0.0.1:9000 }
  catalog: { url: http://127.0.0.1:9001 }
default: monolith
migrations:
  catalog:
    service: catalog
    stickBy: [header:x-user-id]
    routes:
${lines.map((line) => `      - ${line}`).join('\n')}
`;
const now = routes('GET /api/products', 'GET /api/products/{productId}');

test('requests whose route is no longer named are told, grouped, with examples; --fail-on-change exits 1', async () => {
  await withFolder(async (folder) => {
    const [before, config] = [
      await fileWith(folder, 'now.yaml', now),
      await fileWith(folder, 'new.yaml', routes('GET /api/products')),
    ];
    const recording = await fileWith(
      folder,
      'part-1.ndjson.gz',
      gzipSync(recordingText([1, 2, 3, 4].map((number) => sampleExchange(number)))),
    );
    const args = ['check', '--against', recording, '--config', config, '--before', before];
    const { stdout, exitCode } = await runFicus(args);
    assert.equal(exitCode, 0);
    assert.match(stdout, /^4 of 4 requests \(100%\) would go elsewhere than by .*now\.yaml:/);
    assert.match(
      stdout,
      /now {3}GET \/api\/products\/\{productId\} of catalog: monolith at http:\/\/127\.0\.0\.1:9000/,
    );
    assert.match(stdout, /then {2}no migration: monolith at/);
    assert.match(stdout, /such as GET \/api\/products\/1, GET \/api\/products\/2, GET \/api\/products\/3\n/);
    assert.equal((await runFicus([...args, '--fail-on-change'])).exitCode, 1);
    const same = await runFicus(['check', '--against', recording, '--config', before, '--fail-on-change']);
    assert.match(same.stdout, /none would go elsewhere/);
    assert.equal(same.exitCode, 0);
  });
});

test('sides go by the present shares and each user, whose value was recorded', async () => {
  await withEstate(async (ficus, estate) => {
    const status = estate.migrations.get('catalog')!;
    estate.migrations.set('catalog', { ...status, share: { asked: 50, allowed: 50, effective: 50 } });
    await withFolder(async (folder) => {
      const config = await fileWith(folder, 'new.yaml', now.replace(':9001', ':9009'));
      const before = await fileWith(folder, 'now.yaml', now);
      const users = Array.from({ length: 40 }, (_, index) => `user-${index}`);
      const exchanges = users.map((user, index) => {
        const request = { method: 'GET', target: '/api/products/1', headers: ['X-User-Id', user] };
        return sampleExchange(index, { request });
      });
      const recording = await fileWith(folder, 'part-1.ndjson', recordingText(exchanges));
      const { stdout } = await ficus(
        'check',
        '--against',
        recording,
        '--config',
        config,
        '--before',
        before,
        '--json',
      );
      const report: SimulationReport = JSON.parse(stdout);
      const served = users.filter((user) => coarseBucket('catalog', user) <= 50).length;
      assert.deepEqual([report.requests, report.changed], [40, served]);
      assert.deepEqual(report.groups[0]?.after.upstream, 'catalog at http://127.0.0.1:9009');
    });
  });
});

test('a file that is no routes file, or none at all, exits 1 and says why', async () => {
  await withFolder(async (folder) => {
    const config = await fileWith(folder, 'bad.yaml', 'upstreams: {}');
    const recording = await fileWith(folder, 'part-1.ndjson', recordingText([]));
    const { exitCode, stderr } = await runFicus(['check', '--against', recording, '--config', config]);
    assert.equal(exitCode, 1);
    assert.match(stderr, /bad\.yaml:1:1/);
    const missing = await runFicus(['check', '--against', `${folder}/none`, '--config', config]);
    assert.match(missing.stderr, /none does not exist/);
    assert.equal((await runFicus(['check', '--before', config])).exitCode, 2);
  });
});
