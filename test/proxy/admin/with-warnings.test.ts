import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withWarnings } from '../../../proxy/admin/with-warnings.ts';
import { withEstate } from '../../cli/run-ficus.ts';
import { InMemoryEstate } from './in-memory-deps.ts';
import { catalogStatus } from './sample-data.ts';

const dead = 'Rule `ignore body:/x` matched nothing in the last 1,000 pairs; remove it.';

test('a warning is on the status, in the list and in the answer of the gate of its migration', () => {
  const { delivery } = new InMemoryEstate().deps();
  const warned = withWarnings(delivery, (migration) => (migration === 'catalog' ? [dead] : []));
  assert.deepEqual(warned.status('catalog')?.warnings, [dead]);
  assert.deepEqual(warned.list().find(({ id }) => id === 'catalog')?.warnings, [dead]);
  assert.deepEqual(warned.gate('catalog')?.warnings, [dead]);
  assert.equal(warned.status('nobody'), undefined);
  assert.equal(warned.gate('nobody'), undefined);
});

test('without one nothing is added', () => {
  const { delivery } = new InMemoryEstate().deps();
  const told = withWarnings(delivery, () => []).status('catalog');
  assert.deepEqual(told, delivery.status('catalog'));
  assert.equal(Object.hasOwn(told ?? {}, 'warnings'), false);
});

test('`ficus status ID` says what is warned of', async () => {
  await withEstate(async (ficus, estate) => {
    estate.migrations.set('catalog', { ...catalogStatus, warnings: [dead] });
    const { stdout, exitCode } = await ficus('status', 'catalog');
    assert.equal(exitCode, 0);
    assert.match(
      stdout,
      /Warnings\n {2}- Rule `ignore body:\/x` matched nothing in the last 1,000 pairs; remove it\./,
    );
  });
});
