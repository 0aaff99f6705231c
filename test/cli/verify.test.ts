import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failedContract, passedContract } from '../proxy/admin/sample-data.ts';
import { withEstate } from './run-ficus.ts';

test('a verification that passed on both sides lists its interactions and exits 0', async () => {
  await withEstate(async (ficus, estate) => {
    estate.contracts = [passedContract, { ...passedContract, side: 'service', build: '1.2.0' }];
    const { stdout, exitCode } = await ficus('verify', 'catalog');
    assert.equal(exitCode, 0);
    assert.equal(
      stdout,
      `✓ monolith 7.4.1, contract with web-shop: passed, 2 interactions
  ✓ GET /api/products: a list
  ✓ POST /api/products: a new one

✓ service 1.2.0, contract with web-shop: passed, 2 interactions
  ✓ GET /api/products: a list
  ✓ POST /api/products: a new one
`,
    );
  });
});

test('a verification that failed shows the failure and exits 1 with the side on stderr', async () => {
  await withEstate(async (ficus, estate) => {
    const failures = [{ interaction: 'POST /api/products', text: 'expected 201\n  but got 500' }];
    estate.contracts = [passedContract, { ...failedContract, failures }];
    const { stdout, stderr, exitCode } = await ficus('verify', 'catalog');
    assert.equal(exitCode, 1);
    assert.equal(stderr, 'ficus: the service (1.2.0) does not keep the contract with web-shop\n');
    assert.match(stdout, /✗ service 1\.2\.0, contract with web-shop: failed, 1 failure in 2 interactions/);
    assert.match(stdout, / {2}✗ POST \/api\/products\n {6}expected 201\n {8}but got 500\n$/);
  });
});

test('a pending pact that failed shows why and exits 0; warnings are said once', async () => {
  await withEstate(async (ficus, estate) => {
    const failures = [
      { interaction: 'POST /api/products: a new one', text: 'status: expected 201 but was 500' },
    ];
    const pending = { ...failedContract, failures, pending: true, warnings: ['a state is not there'] };
    estate.contracts = [pending, { ...passedContract, warnings: ['a state is not there'] }];
    const { stdout, stderr, exitCode } = await ficus('verify', 'catalog');
    assert.equal(exitCode, 0);
    assert.equal(stderr, 'warning: a state is not there\n');
    assert.equal(
      stdout.split('\n\n')[0],
      `… service 1.2.0, contract with web-shop: failed, 1 failure in 2 interactions; it is pending, so that this holds nothing
  /estate/contracts/pacts/web-shop-catalog.json
  · GET /api/products: a list
  ✗ POST /api/products: a new one
      status: expected 201 but was 500`,
    );
  });
});

test('nothing to verify exits 1 and says what is missing', async () => {
  await withEstate(async (ficus, estate) => {
    estate.contracts = [];
    const { stderr, exitCode } = await ficus('verify', 'catalog');
    assert.equal(exitCode, 1);
    assert.match(stderr, /contracts\/pacts has no pact file for catalog/);
  });
});
