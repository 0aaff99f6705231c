import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decideGate } from '../../../proxy/evidence/gate.ts';
import type { CoverageDimension, GateFacts, GateReason } from '../../../proxy/evidence/model.ts';
import type { Migration } from '../../../proxy/routing/model.ts';
import {
  counts,
  facts,
  latencies,
  migration,
  onMonolith,
  product,
  products,
  route,
  verified,
} from './gate-samples.ts';

/** The reasons of one rule as `state: text`. */
function reasonsOf(rule: GateReason['rule'], asked: Migration, known: GateFacts): string[] {
  return decideGate(asked, known)
    .reasons.filter((reason) => reason.rule === rule)
    .map(({ state, text }) => `${state}: ${text}`);
}

interface Case {
  readonly name: string;
  readonly migration?: Migration;
  readonly facts?: Partial<GateFacts>;
  readonly reasons: readonly string[];
}

function table(rule: GateReason['rule'], cases: readonly Case[]): void {
  describe(`gate, ${rule}`, () => {
    for (const one of cases) {
      test(one.name, () =>
        assert.deepEqual(reasonsOf(rule, one.migration ?? migration(), facts(one.facts)), one.reasons),
      );
    }
  });
}

describe('the gate', () => {
  test('Everything is as asked, it is open and says every reason in a fixed order', () => {
    const report = decideGate(migration(), facts());
    assert.equal(report.state, 'open');
    assert.deepEqual(
      report.reasons.map(({ rule }) => rule),
      [
        'pairs',
        'agreement',
        'unjudged',
        'coverage',
        'contracts',
        'unproven',
        'latency',
        'errors',
        'build',
        'store',
      ],
    );
    assert.deepEqual(report.key, facts().key);
  });

  test('One reason waits, the gate waits', () => {
    assert.equal(decideGate(migration(), facts({ storeAvailable: false })).state, 'waiting');
  });

  test('One reason refuses and another waits, the gate refuses', () => {
    const latency = { monolith: latencies(10, 500), service: latencies(100, 500) };
    assert.equal(decideGate(migration(), facts({ storeAvailable: false, latency })).state, 'refused');
  });

  test('Nothing is known at all, it waits and every text is a sentence', () => {
    const nothing = facts({
      routes: [],
      contracts: [],
      pacts: [],
      latency: { monolith: [], service: [] },
      serviceReachable: false,
      storeAvailable: false,
    });
    const report = decideGate(migration({}, [products, route('POST /api/products', 'never')]), nothing);
    assert.equal(report.state, 'waiting');
    for (const { text } of report.reasons) assert.match(text, /^\S.*\.$/);
  });
});

table('pairs', [
  { name: 'There are enough', reasons: ['met: 4,000 pairs so far; 3,000 asked.'] },
  {
    name: 'There are too few, it says how many more',
    facts: { routes: [counts(products.id, 1750), counts(product.id, 5, 3, 2)] },
    reasons: ['waiting: 1,760 pairs so far; 3,000 asked; 1,240 more would do.'],
  },
  {
    name: 'A route that shadowing can show has none, it is named',
    facts: { routes: [counts(products.id, 4000)] },
    reasons: [
      'met: 4,000 pairs so far; 3,000 asked.',
      'waiting: GET /api/products/{productId} has no pair yet; one would do.',
    ],
  },
  {
    name: 'A route that shadowing can not show has none, nobody waits for it; a dry-run one is waited for',
    migration: migration({}, [
      products,
      route('POST /api/products', 'never'),
      route('GET /api/report', 'never'),
      route('PUT /api/stock', 'dry-run'),
    ]),
    facts: { routes: [counts(products.id, 4000)] },
    reasons: [
      'met: 4,000 pairs so far; 3,000 asked.',
      'waiting: PUT /api/stock has no pair yet; one would do.',
    ],
  },
  {
    name: 'Pairs of a route that left the migration do not count',
    migration: migration({}, [products]),
    facts: { routes: [counts(products.id, 1), counts('GET /gone', 9000)] },
    reasons: ['waiting: 1 pair so far; 3,000 asked; 2,999 more would do.'],
  },
]);

table('agreement', [
  { name: 'All agree', reasons: ['met: Agreement is at least 99.90 % of 4,000 pairs; 99.5 % is asked.'] },
  {
    name: 'There is no pair',
    facts: { routes: [] },
    reasons: ['waiting: Nothing is known of agreement yet; 99.5 % is asked; 765 more clean pairs would do.'],
  },
  {
    name: 'All agree, but too few: it waits',
    facts: { routes: [counts(products.id, 500)] },
    reasons: [
      'waiting: Agreement is at least 99.23 % of 500 pairs; 99.5 % is asked; 265 more clean pairs would do.',
    ],
  },
  {
    name: 'Pairs differ and hold it below: it refuses',
    migration: migration({}, [products]),
    facts: { routes: [counts(products.id, 4165, 15)] },
    reasons: [
      'refused: Agreement is at least 99.40 % of 4,180 pairs; 99.5 % is asked; 765 more clean pairs would do.',
    ],
  },
  {
    name: 'Pairs differ, but few enough: it is met',
    migration: migration({}, [products]),
    facts: { routes: [counts(products.id, 9995, 5)] },
    reasons: ['met: Agreement is at least 99.88 % of 10,000 pairs; 99.5 % is asked.'],
  },
  {
    name: 'Incomparable pairs count as not agreeing, and say nothing against the service',
    migration: migration({}, [products]),
    facts: { routes: [counts(products.id, 3000, 0, 100)] },
    reasons: [
      'waiting: Agreement is at least 96.09 % of 3,100 pairs; 99.5 % is asked; 21,211 more clean pairs would do, ' +
        'but not of pairs like these, 3.2 % of which do not agree: see why they cannot be compared ' +
        '(shadow.timeoutMs, shadow.maxBodyBytes). 100 pairs could not be compared and count as not agreeing.',
    ],
  },
  {
    name: 'A rare route is wholly different under a mass that agrees: it refuses for that route',
    facts: { routes: [counts(products.id, 100_000), counts(product.id, 0, 10)] },
    reasons: [
      'met: Agreement is at least 99.98 % of 100,010 pairs; 99.5 % is asked.',
      'refused: GET /api/products/{productId} alone: agreement is at least 0.00 % of 10 pairs; 99.5 % is asked; ' +
        '3,667 more clean pairs would do, but not of pairs like these, 100 % of which do not agree: judge or ' +
        'repair what differs (`ficus diffs catalog`).',
    ],
  },
  {
    name: 'No pair of a rare route could be compared: it waits for that route',
    facts: { routes: [counts(products.id, 100_000), counts(product.id, 0, 0, 1)] },
    reasons: [
      'met: Agreement is at least 99.99 % of 100,001 pairs; 99.5 % is asked. ' +
        '1 pair could not be compared and counts as not agreeing.',
      'waiting: GET /api/products/{productId} alone: agreement is at least 0.00 % of 1 pair; 99.5 % is asked; ' +
        '1,129 more clean pairs would do, but not of pairs like these, 100 % of which do not agree: ' +
        'see why they cannot be compared (shadow.timeoutMs, shadow.maxBodyBytes). 1 pair could not be compared and counts as not agreeing.',
    ],
  },
  {
    name: 'A route has few pairs that all agree: it is named and holds nothing',
    facts: { routes: [counts(products.id, 4000), counts(product.id, 12)] },
    reasons: [
      'met: Agreement is at least 99.90 % of 4,012 pairs; 99.5 % is asked.',
      'met: GET /api/products/{productId} alone: all 12 pairs agree, too few to show 99.5 % by themselves (at least 75.75 %).',
    ],
  },
  {
    name: '100 % is asked, which no number of pairs proves',
    migration: migration({ agreement: 1 }, [products]),
    facts: { routes: [counts(products.id, 4000)] },
    reasons: [
      'refused: Agreement is at least 99.90 % of 4,000 pairs; 100 % is asked; ' +
        'no number of pairs proves that; ask for less in gate.agreement.',
    ],
  },
]);

test('As many more clean pairs as the reason says meet the rule, and one less does not', () => {
  for (const asked of [0.9, 0.99, 0.995, 0.999]) {
    for (const [agreed, differed] of [
      [0, 0],
      [10, 0],
      [990, 3],
      [4165, 15],
      [300, 40],
    ] as const) {
      const reasonOf = (more: number) => {
        const known = facts({ routes: [counts(products.id, agreed + more, differed)] });
        return decideGate(migration({ agreement: asked }, [products]), known).reasons.find(
          ({ rule }) => rule === 'agreement',
        )!;
      };
      const said = /([\d,]+) more clean pairs? would do/.exec(reasonOf(0).text)?.[1];
      if (said === undefined) assert.equal(reasonOf(0).state, 'met');
      else {
        const more = Number(said.replaceAll(',', ''));
        assert.equal(reasonOf(more).state, 'met');
        assert.notEqual(reasonOf(more - 1).state, 'met');
      }
    }
  }
});

const open = { signature: 'ab12', route: product.id, place: 'body:/price', kind: 'value', pairs: 37 };

table('agreement', [
  {
    name: 'Judged bugs are among the pairs, it says that clean ones will not come',
    migration: migration({}, [products]),
    facts: {
      routes: [counts(products.id, 4165, 15)],
      judgements: {
        bugs: [
          {
            signature: 'ab12',
            route: products.id,
            place: 'body:/price',
            kind: 'value',
            owner: 'qa',
            reason: 'cents',
            build: '1.4.0',
            state: 'same-build',
            pairs: 12,
            routePairs: 4180,
            cleanPairsAsked: 900,
          },
        ],
        expected: [],
        noise: [],
      },
    },
    reasons: [
      'refused: Agreement is at least 99.40 % of 4,180 pairs; 99.5 % is asked; 765 more clean pairs would do, but ' +
        '12 pairs show bugs that are judged: a build without them starts anew.',
    ],
  },
]);

table('unjudged', [
  { name: 'There is none', reasons: ['met: No difference is without a judgement.'] },
  {
    name: 'Each holds the gate, the most frequent first',
    facts: { unjudged: [{ ...open, signature: 'cd34', place: 'status', pairs: 1 }, open] },
    reasons: [
      'refused: body:/price (value) of GET /api/products/{productId} differs in 37 pairs and nobody judged it ' +
        '(signature ab12); repair the service, judge it by `ficus verdict ab12`, or allow the difference under ' +
        'shadow.compare.',
      'refused: status (value) of GET /api/products/{productId} differs in 1 pair and nobody judged it ' +
        '(signature cd34); repair the service, judge it by `ficus verdict cd34`, or allow the difference under ' +
        'shadow.compare.',
    ],
  },
  {
    name: 'They are left to the agreement where the migration says so',
    migration: migration({ unjudged: 'allow' }),
    facts: { unjudged: [open] },
    reasons: ['met: 1 signature without a judgement is left to the agreement (gate.unjudged: allow).'],
  },
  {
    name: 'One of a route that left the migration holds nothing',
    migration: migration({}, [products]),
    facts: { unjudged: [open] },
    reasons: ['met: No difference is without a judgement.'],
  },
]);

test('A flood of signatures is listed up to fifty, the rest counted', () => {
  const unjudged = Array.from({ length: 1234 }, (_, i) => ({ ...open, signature: `s${i}` }));
  const reasons = reasonsOf('unjudged', migration(), facts({ unjudged }));
  assert.equal(reasons.length, 51);
  assert.equal(reasons.at(-1), 'refused: 1,184 more signatures are without a judgement, 1,234 in all.');
});

const later = '2026-11-21T11:00:00.000Z';

const aPage = {
  method: 'GET',
  path: '/api/products',
  query: 'limit',
  status: 200,
  type: 'application/json',
  requestType: undefined,
};

function use(routeId: string, value: string, compared: number) {
  return { route: routeId, dimension: 'use' as const, value, compared, incomparable: 0 };
}

table('contracts', [
  { name: 'Verified', reasons: ['met: The pact of web-shop is verified against build 1.4.0.'] },
  {
    name: 'Not verified at all',
    facts: { contracts: [] },
    reasons: [
      'waiting: The pact of web-shop is not verified against build 1.4.0 yet; run `ficus verify catalog`.',
    ],
  },
  {
    name: 'Verified against another build',
    facts: { contracts: [{ ...verified, build: '1.3.0' }] },
    reasons: [
      'waiting: The pact of web-shop is not verified against build 1.4.0 yet (it was against build 1.3.0); ' +
        'run `ficus verify catalog`.',
    ],
  },
  {
    name: 'The pact has changed since',
    facts: { contracts: [{ ...verified, pactHash: 'p0' }] },
    reasons: [
      'waiting: The pact of web-shop is not verified against build 1.4.0 yet (it was before its content changed); ' +
        'run `ficus verify catalog`.',
    ],
  },
  {
    name: 'Only the monolith was verified',
    facts: { contracts: [{ ...verified, side: 'monolith' }] },
    reasons: [
      'waiting: The pact of web-shop is not verified against build 1.4.0 yet; run `ficus verify catalog`.',
    ],
  },
  {
    name: 'Failed',
    facts: { contracts: [{ ...verified, outcome: 'failed' }] },
    reasons: [
      'refused: The pact of web-shop failed against build 1.4.0; repair the service or the pact, and run `ficus verify catalog`.',
    ],
  },
  {
    name: 'Failed first and passed later, the later result holds whatever the order',
    facts: {
      contracts: [{ ...verified, outcome: 'failed' }, { ...verified, at: later }, onMonolith],
    },
    reasons: ['met: The pact of web-shop is verified against build 1.4.0.'],
  },
  {
    name: 'Passed first and failed later',
    facts: { contracts: [{ ...verified, outcome: 'failed', at: later }, verified] },
    reasons: [
      'refused: The pact of web-shop failed against build 1.4.0; repair the service or the pact, and run `ficus verify catalog`.',
    ],
  },
  {
    name: 'Of two consumers one is not verified',
    facts: { pacts: [...facts().pacts, { consumer: 'app', pactHash: 'p2' }] },
    reasons: [
      'met: The pact of web-shop is verified against build 1.4.0.',
      'waiting: The pact of app is not verified against build 1.4.0 yet; run `ficus verify catalog`.',
    ],
  },
  {
    name: 'There is no pact file',
    facts: { pacts: [] },
    reasons: [
      'waiting: There is no pact file for catalog; add one to /estate/pacts, or set gate.contracts to optional or off.',
    ],
  },
  {
    name: 'Optional: none is there, or it is not verified',
    migration: migration({ contracts: 'optional' }),
    facts: { contracts: [] },
    reasons: ['met: The pact of web-shop is not verified against build 1.4.0 yet; contracts are optional.'],
  },
  {
    name: 'Optional and no pact file',
    migration: migration({ contracts: 'optional' }),
    facts: { pacts: [] },
    reasons: ['met: There is no pact file; contracts are optional.'],
  },
  {
    name: 'Optional but failed',
    migration: migration({ contracts: 'optional' }),
    facts: { contracts: [{ ...verified, outcome: 'failed' }] },
    reasons: [
      'refused: The pact of web-shop failed against build 1.4.0; repair the service or the pact, and run `ficus verify catalog`.',
    ],
  },
  {
    name: 'The monolith is another build since',
    facts: { contracts: [verified, { ...onMonolith, build: 'm0' }] },
    reasons: [
      'waiting: The pact of web-shop is not verified against build m1 of the monolith yet (it was against build m0); ' +
        'run `ficus verify catalog`.',
    ],
  },
  {
    name: 'The monolith does not keep it',
    facts: { contracts: [verified, { ...onMonolith, outcome: 'failed' }] },
    reasons: [
      'met: The pact of web-shop is verified against build 1.4.0; monolith m1 does not keep it, so it is not about ' +
        'what clients have today.',
    ],
  },
  {
    name: 'Only about messages: the monolith is not asked',
    facts: {
      contracts: [verified],
      pacts: [{ consumer: 'web-shop', pactHash: 'p1', messagesOnly: true }],
    },
    reasons: ['met: The pact of web-shop is verified against build 1.4.0.'],
  },
  {
    name: 'Pending ones failed, or are not verified, beside one that binds',
    facts: {
      contracts: [verified, onMonolith, { ...verified, consumer: 'app', pactHash: 'p2', outcome: 'failed' }],
      pacts: [
        ...facts().pacts,
        { consumer: 'app', pactHash: 'p2', pending: true },
        { consumer: 'kiosk', pactHash: 'p3', pending: true },
      ],
    },
    reasons: [
      'met: The pact of web-shop is verified against build 1.4.0.',
      'met: The pact of app failed against build 1.4.0; it is pending and holds nothing.',
      'met: The pact of kiosk is not verified against build 1.4.0 yet; it is pending and holds nothing.',
    ],
  },
  {
    name: 'All are pending, and none is kept',
    facts: { contracts: [], pacts: [{ consumer: 'app', pactHash: 'p2', pending: true }] },
    reasons: [
      'met: The pact of app is not verified against build 1.4.0 yet; it is pending and holds nothing.',
      'waiting: Every pact of catalog is pending, and none is kept, so that no contract is proven; keep one, or set ' +
        'gate.contracts to optional.',
    ],
  },
  {
    name: 'Two versions of one consumer, of which one is verified',
    facts: { pacts: [...facts().pacts, { consumer: 'web-shop', pactHash: 'abcdef0123' }] },
    reasons: [
      'met: The pact of web-shop (p1) is verified against build 1.4.0.',
      'waiting: The pact of web-shop (abcdef01) is not verified against build 1.4.0 yet (it was before its content ' +
        'changed); run `ficus verify catalog`.',
    ],
  },
  {
    name: 'Nobody knows which there are, also where they are optional',
    migration: migration({ contracts: 'optional' }),
    facts: { pacts: [], pactsUnknown: 'GET http://broker/: connect ECONNREFUSED' },
    reasons: [
      'waiting: Which pacts there are is not known: GET http://broker/: connect ECONNREFUSED; `ficus verify catalog` ' +
        'asks again.',
    ],
  },
  {
    name: 'Clients make requests that no pact has',
    facts: {
      pacts: [{ ...facts().pacts[0]!, interactions: [{ description: 'a page', use: aPage }] }],
      coverage: [
        use(products.id, 'GET 200 application/json limit none', 970),
        use(products.id, 'GET 200 application/json limit,q none', 20),
        use(product.id, 'GET 404 application/json none none', 10),
      ],
    },
    reasons: [
      'met: The pact of web-shop is verified against build 1.4.0.',
      'met: Of 3 kinds of requests that clients make, 1 (97.00 % of 1,000 requests) are in a pact. Without, which ' +
        'holds nothing: GET /api/products?limit,q with 200 (20), GET /api/products/{productId} with 404 (10); see ' +
        '`ficus contracts catalog`.',
    ],
  },
  {
    name: 'All that clients ask for is in a pact',
    facts: {
      pacts: [{ ...facts().pacts[0]!, interactions: [{ description: 'a page', use: aPage }] }],
      coverage: [use(products.id, 'GET 200 application/json limit none', 970)],
    },
    reasons: [
      'met: The pact of web-shop is verified against build 1.4.0.',
      'met: All that clients ask for, 1 kind of requests, is in a pact.',
    ],
  },
  {
    name: 'Off',
    migration: migration({ contracts: 'off' }),
    facts: { contracts: [{ ...verified, outcome: 'failed' }] },
    reasons: ['met: Contracts are not asked for (gate.contracts: off).'],
  },
]);

const create = route('POST /api/products', 'never');
const unprovenCreate =
  "waiting: Shadowing can't show POST /api/products (shadow: never), and no verified contract has it; " +
  'add an interaction to a pact and run `ficus verify catalog`, or set gate.unproven to allow.';

table('unproven', [
  { name: 'There is none', reasons: ['met: Shadowing can show every route.'] },
  {
    name: 'A verified contract has the route',
    migration: migration({}, [products, create]),
    reasons: ['met: POST /api/products is proven by the verified contract of web-shop.'],
  },
  {
    name: 'The contract is not verified against the build of now',
    migration: migration({}, [products, create]),
    facts: { contracts: [{ ...verified, build: '1.3.0' }] },
    reasons: [unprovenCreate],
  },
  {
    name: 'The contract failed later',
    migration: migration({}, [products, create]),
    facts: { contracts: [verified, { ...verified, outcome: 'failed', at: later }] },
    reasons: [unprovenCreate],
  },
  {
    name: 'The interaction has an example value where the route has a parameter',
    migration: migration({}, [route('PUT /api/products/{productId}', 'record')]),
    facts: { contracts: [{ ...verified, interactions: ['PUT /api/products/P-000017?dry=1'] }] },
    reasons: ['met: PUT /api/products/{productId} is proven by the verified contract of web-shop.'],
  },
  {
    name: 'The interaction is on a more specific route',
    migration: migration({}, [
      route('PUT /api/products/{productId}', 'never'),
      route('PUT /api/products/all', 'never'),
    ]),
    facts: { contracts: [{ ...verified, interactions: ['PUT /api/products/all'] }] },
    reasons: [
      unprovenCreate.replace('POST /api/products', 'PUT /api/products/{productId}'),
      'met: PUT /api/products/all is proven by the verified contract of web-shop.',
    ],
  },
  {
    name: 'A dry-run route needs no contract',
    migration: migration({}, [route('POST /api/products', 'dry-run')]),
    facts: { contracts: [] },
    reasons: ['met: Shadowing can show every route.'],
  },
  {
    name: 'A safe route that is never copied is as unproven as an unsafe one',
    migration: migration({}, [route('GET /api/report', 'never')]),
    reasons: [unprovenCreate.replace('POST /api/products', 'GET /api/report')],
  },
  {
    name: 'A route for any method is shown for its safe methods only; an interaction of a safe one proves nothing',
    migration: migration({}, [route('* /api/stock')]),
    facts: { contracts: [{ ...verified, interactions: ['GET /api/stock'] }] },
    reasons: [
      "waiting: Shadowing can't show * /api/stock (its unsafe methods are not copied), and no verified contract has it; " +
        'add an interaction to a pact and run `ficus verify catalog`, or set gate.unproven to allow.',
    ],
  },
  {
    name: 'They are let pass where the migration says so',
    migration: migration({ unproven: 'allow' }, [
      products,
      create,
      route('DELETE /api/products/{id}', 'never'),
    ]),
    facts: { contracts: [] },
    reasons: ["met: 2 routes that shadowing can't show are let pass (gate.unproven: allow)."],
  },
]);

/** Latencies of as many pairs, one in a hundred of which is slow. */
const latency = (monolithMs: number, serviceMs: number, pairs = 4000) => ({
  latency: { monolith: latencies(monolithMs, pairs), service: latencies(serviceMs, pairs) },
});

table('latency', [
  {
    name: 'As fast as asked',
    facts: latency(40, 47.9),
    reasons: [
      'met: p99 is 48 ms at the service and 41 ms at the monolith, 1.19 times (1.14 to 1.24 at 95 % ' +
        'confidence, by 4,000 pairs); 1.2 times, or 5 ms more, is allowed.',
    ],
  },
  {
    name: 'Over the ratio and the floor',
    facts: latency(30, 1248),
    reasons: [
      'refused: p99 is 1,244 ms at the service and 30 ms at the monolith, 41.5 times (39.74 to 43.34 at 95 % ' +
        'confidence, by 4,000 pairs); 1.2 times, or 5 ms more, is allowed; a faster build of the service starts ' +
        'anew.',
    ],
  },
  {
    name: 'Over the ratio, but within the floor',
    facts: latency(0.8, 4.25),
    reasons: [
      'met: p99 is 4.3 ms at the service and 0.8 ms at the monolith, 5.42 times (5.19 to 5.66 at 95 % ' +
        'confidence, by 4,000 pairs); 1.2 times, or 5 ms more, is allowed.',
    ],
  },
  {
    name: 'Over the floor, but within the ratio',
    facts: latency(100, 115),
    reasons: [
      'met: p99 is 115 ms at the service and 101 ms at the monolith, 1.14 times (1.09 to 1.19 at 95 % ' +
        'confidence, by 4,000 pairs); 1.2 times, or 5 ms more, is allowed.',
    ],
  },
  {
    name: 'It looks slower, and pairs are too few to tell: it waits and says how many more would tell',
    facts: {
      latency: {
        monolith: latencies(10, 200),
        service: latencies(10, 197).map((pairs, bucket) => pairs + latencies(100, 3)[bucket]!),
      },
    },
    reasons: [
      'waiting: p99 is 101 ms at the service and 10 ms at the monolith, 9.93 times (not bounded yet, by 200 ' +
        'pairs), which is too few to tell; 1.2 times, or 5 ms more, is allowed; about 2,720 more pairs like ' +
        'these would tell.',
    ],
  },
  {
    name: 'There is no pair',
    facts: { latency: { monolith: [], service: [] } },
    reasons: ['met: Nothing is known of latency yet; 1.2 times, or 5 ms more, is allowed.'],
  },
]);

const servedBy = (monolith: [number, number], service: [number, number]) => ({
  served: {
    monolith: { requests: monolith[0], errors: monolith[1] },
    service: { requests: service[0], errors: service[1] },
  },
});

table('errors', [
  {
    name: 'Nobody failed',
    reasons: ['met: Neither side failed in any of 4,000 pairs (500 and above, or no whole answer in time).'],
  },
  {
    name: 'There is no pair',
    facts: { routes: [] },
    reasons: ['met: Nothing is known of failures yet; none is held against the service.'],
  },
  {
    name: 'Eleven pairs in which the service alone failed, it refuses',
    facts: { failedPairs: { service: 11, monolith: 0, both: 0 } },
    reasons: [
      'refused: The service alone failed in 11 of 4,000 pairs, the monolith alone in 0, both in 0 (500 and ' +
        'above, or no whole answer in time), more than chance explains; repair the service: a new build starts ' +
        'anew (`ficus diffs catalog` shows what differs).',
    ],
  },
  {
    name: 'Ten are not enough',
    facts: { failedPairs: { service: 10, monolith: 0, both: 0 } },
    reasons: [
      'met: The service alone failed in 10 of 4,000 pairs, the monolith alone in 0, both in 0 (500 and above, ' +
        'or no whole answer in time), which does not show that the service fails more.',
    ],
  },
  {
    name: 'The monolith fails likewise, nothing is held against the service',
    facts: { failedPairs: { service: 300, monolith: 290, both: 1000 } },
    reasons: [
      'met: The service alone failed in 300 of 4,000 pairs, the monolith alone in 290, both in 1,000 (500 and ' +
        'above, or no whole answer in time), which does not show that the service fails more.',
    ],
  },
  {
    name: 'The service fails where it answers clients, and the monolith does not: it refuses',
    facts: servedBy([11_400, 2], [600, 31]),
    reasons: [
      'met: Neither side failed in any of 4,000 pairs (500 and above, or no whole answer in time).',
      "refused: Of clients' requests of the last minute, 31 of 600 (5.2 %) failed at the service and 2 of " +
        '11,400 (0.018 %) at the monolith, more than chance explains; a minute in which it fails no more than ' +
        'the monolith would do.',
    ],
  },
  {
    name: 'Both fail their clients likewise, it is met',
    facts: servedBy([9000, 900], [1000, 110]),
    reasons: [
      'met: Neither side failed in any of 4,000 pairs (500 and above, or no whole answer in time).',
      "met: Of clients' requests of the last minute, 110 of 1,000 (11 %) failed at the service and 900 of " +
        '9,000 (10 %) at the monolith.',
    ],
  },
  {
    name: 'The service answers everybody, there is nothing to hold its failures against',
    facts: servedBy([0, 0], [1000, 500]),
    reasons: [
      'met: Neither side failed in any of 4,000 pairs (500 and above, or no whole answer in time).',
      "met: Of clients' requests of the last minute, 500 of 1,000 (50 %) failed at the service.",
    ],
  },
]);

table('build', [
  {
    name: 'The service is there',
    reasons: ['met: The service runs build 1.4.0 and the monolith build m1; evidence counts for these.'],
  },
  {
    name: 'The service is away',
    facts: { serviceReachable: false },
    reasons: [
      "waiting: The service catalog can't be reached, so its build is not known; " +
        'it is asked at GET /.well-known/ficus until it answers.',
    ],
  },
]);

table('store', [
  { name: 'Postgres is there', reasons: ['met: The counts are up to date in Postgres.'] },
  {
    name: 'Postgres is away',
    facts: { storeAvailable: false },
    reasons: [
      'waiting: Postgres is away, so the counts are the last known ones, or none; they hold again once it is back.',
    ],
  },
]);

const bug = {
  signature: 'ab12',
  route: product.id,
  place: 'body:/price',
  kind: 'value',
  owner: 'team-catalog',
  reason: 'prices lose their cents',
  build: '1.3.0',
  pairs: 0,
  routePairs: 120,
  cleanPairsAsked: 900,
} as const;
const judged = (more: Partial<GateFacts['judgements']>): Partial<GateFacts> => ({
  judgements: { bugs: [], expected: [], noise: [], ...more },
});
const said =
  'body:/price (value) of GET /api/products/{productId}: team-catalog judged it a bug in build 1.3.0: ' +
  '“prices lose their cents” (signature ab12)';

table('verdicts', [
  { name: 'There is none, nothing is said', reasons: [] },
  {
    name: 'The build that has the bug runs, it refuses',
    facts: judged({ bugs: [{ ...bug, state: 'same-build' }] }),
    reasons: [`refused: ${said}; a build of the service without it would do.`],
  },
  {
    name: 'A new build still shows it, it refuses',
    facts: judged({ bugs: [{ ...bug, state: 'shown', pairs: 3 }] }),
    reasons: [
      `refused: ${said}, and build 1.4.0 still shows it in 3 pairs; repair the service, or judge it anew.`,
    ],
  },
  {
    name: 'A new build has not shown it yet, in too few pairs: it waits',
    facts: judged({ bugs: [{ ...bug, state: 'unproven' }] }),
    reasons: [
      `waiting: ${said}; build 1.4.0 has not shown it in 120 pairs of the route; 780 more without it would do.`,
    ],
  },
  {
    name: 'A new build has not shown it in enough pairs, it is said to be repaired',
    facts: judged({ bugs: [{ ...bug, state: 'repaired', routePairs: 950 }] }),
    reasons: [
      'met: body:/price (value) of GET /api/products/{productId}, judged a bug in build 1.3.0, is not in 950 pairs of build 1.4.0.',
    ],
  },
  {
    name: 'One of a route that left the migration holds nothing',
    migration: migration({}, [products]),
    facts: judged({ bugs: [{ ...bug, state: 'same-build' }] }),
    reasons: [],
  },
  {
    name: 'Some are expected, the gate says until when',
    facts: judged({
      expected: ['2027-01-31T23:59:59.999Z', '2026-12-24T10:30:00.000Z'].map((until) => ({
        signature: 'x',
        route: product.id,
        place: 'status',
        owner: 'anna',
        until,
        pairs: 4,
      })),
    }),
    reasons: [
      'met: 2 signatures are judged as expected, shown 8 times, and count as agreement; the first of them until 2026-12-24 10:30 UTC.',
    ],
  },
]);

table('noise', [
  {
    name: 'Some of it was measured and some judged, it holds nothing and is said',
    facts: judged({
      noise: (['measured', 'verdict'] as const).map((by) => ({
        signature: by,
        route: product.id,
        place: 'header:age',
        pairs: 50,
        by,
      })),
    }),
    reasons: [
      'met: 2 signatures are noise, which the monolith has with itself (1 of them judged), shown 100 times, and count as agreement.',
    ],
  },
]);

const cell = (dimension: CoverageDimension, value: string, compared: number, incomparable = 0) => ({
  route: product.id,
  dimension,
  value,
  compared,
  incomparable,
});
const seenByClients = new Map([[product.id, [0, 0, 900, 0, 12, 0]]]);

table('coverage', [
  {
    name: 'Clients got answers of a class that no pair compared, it is named and holds nothing',
    facts: { clientAnswers: seenByClients, coverage: [cell('status', '2xx', 800)] },
    reasons: [
      'met: Not shown by traffic yet, which holds nothing (gate.coverage: warn): ' +
        '4xx of GET /api/products/{productId}: clients got 12, none is compared; 1 asked.',
    ],
  },
  {
    name: 'It is required, each thing that is missing waits',
    migration: {
      ...migration({ coverage: 'require' }),
      coverage: { role: { from: 'header', name: 'x-role' }, roles: ['clerk', 'admin'], minPairs: 5 },
    },
    facts: {
      clientAnswers: seenByClients,
      coverage: [
        cell('status', '2xx', 800),
        cell('status', '4xx', 3),
        cell('role', 'clerk', 7),
        cell('query', 'page', 0, 4),
      ],
    },
    reasons: [
      'waiting: Role admin: 0 pairs of 5 asked.',
      'waiting: 4xx of GET /api/products/{productId}: clients got 12, 3 are compared; 5 asked.',
      'waiting: Query page of GET /api/products/{productId}: none of 4 pairs could be compared.',
    ],
  },
  { name: 'It is off, nothing is said', migration: migration({ coverage: 'off' }), reasons: [] },
]);

test('While the verdicts are not read yet, what looks unjudged waits and closes nothing', () => {
  const known = facts({ verdictsKnown: false, unjudged: [open], routes: [counts(product.id, 10, 90)] });
  const states = decideGate(migration(), known).reasons.map(({ state }) => state);
  assert.ok(!states.includes('refused'));
  assert.match(
    reasonsOf('unjudged', migration(), known)[0] ?? '',
    /^waiting: 1 signature may be judged or not/,
  );
});
