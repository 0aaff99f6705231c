import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, beforeEach, describe, test } from 'node:test';
import pino from 'pino';
import { createPostWebhook, signatureOf } from '../../../proxy/delivery/post-webhook.ts';
import type { StepAnnouncer } from '../../../proxy/delivery/ramp/step.ts';
import { createStepWebhooks } from '../../../proxy/delivery/step-webhooks.ts';
import type { StepWebhook, StepWebhooks } from '../../../proxy/routing/model.ts';
import type { AuditEntry } from '../../../proxy/store/model.ts';
import { until } from '../../support/until.ts';
import { DeliveryStand } from './delivery-stand.ts';

interface Received {
  readonly request: IncomingMessage;
  readonly body: string;
}

let server: Server;
let origin: string;
/** What the server answers with: a status, or nothing at all. */
let answer: number | undefined;
let received: Received[];
let nowMs: number;
let audited: AuditEntry[];
let answered: number;

const clock = { now: () => nowMs, monotonic: () => nowMs };
const post = createPostWebhook({ key: 'secret', clock });
const hook = (path = '/before', timeoutMs = 5000): StepWebhook => ({ url: `${origin}${path}`, timeoutMs });

before(async () => {
  server = createServer(async (request, response) => {
    received.push({ request, body: await text(request) });
    if (answer !== undefined) response.writeHead(answer, { location: `${origin}/elsewhere` }).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  answer = 200;
  received = [];
  nowMs = Date.parse('2026-11-24T09:00:00Z');
  audited = [];
  answered = 0;
});

describe('a webhook', () => {
  test('is a POST of JSON, signed with the time it is of', async () => {
    assert.equal(await post(hook(), { id: 'x' }), undefined);
    const { request, body } = received[0]!;
    assert.deepEqual([request.method, request.url, body], ['POST', '/before', '{"id":"x"}']);
    assert.equal(request.headers['content-type'], 'application/json');
    assert.equal(request.headers['ficus-signature'], signatureOf('secret', body, nowMs / 1000));
    assert.match(signatureOf('secret', body, 1), /^t=1,v1=[0-9a-f]{64}$/);
  });

  for (const status of [500, 404, 302]) {
    test(`that is answered with ${status} is no go, and no redirect is followed`, async () => {
      answer = status;
      assert.equal(await post(hook(), {}), `answered ${status}`);
      assert.equal(received.length, 1);
    });
  }

  test('that nobody answers ends at its time limit', async () => {
    answer = undefined;
    assert.equal(await post(hook('/before', 50), {}), 'did not answer within 50 ms');
  });

  test('without anybody there says why', async () => {
    assert.match(
      (await post({ url: 'http://127.0.0.1:1/', timeoutMs: 1000 }, {})) ?? '',
      /failed \(ECONNREFUSED\)/,
    );
  });

  test('without a key is not signed', async () => {
    await createPostWebhook({ key: undefined, clock })(hook(), {});
    assert.equal(received[0]!.request.headers['ficus-signature'], undefined);
  });
});

describe('around a step', () => {
  let announcer: StepAnnouncer;
  const { migration: plain } = new DeliveryStand();
  const step = {
    id: 'step-1',
    from: 1,
    to: 5,
    gate: { state: 'open', key: {} as never, reasons: [] },
  } as const;
  const having = (webhooks: Partial<StepWebhooks>) => ({
    ...plain,
    canary: { ...plain.canary, webhooks: { before: [], after: [], ...webhooks } },
  });

  beforeEach(() => {
    announcer = createStepWebhooks({
      post,
      audit: (entry) => audited.push(entry),
      onAnswered: () => answered++,
      sleep: async (ms) => {
        nowMs += ms;
      },
      clock,
      log: pino({ level: 'silent' }),
    });
  });

  test('nobody to ask is a go at once', () => {
    assert.equal(announcer.before(plain, step), undefined);
  });

  test('it waits without a reason until all have said yes, in order', async () => {
    const migration = having({ before: [hook('/one'), hook('/two')] });
    assert.equal(announcer.before(migration, step), '');
    await until('it is answered', () => answered === 1);
    assert.deepEqual(
      received.map(({ request }) => request.url),
      ['/one', '/two'],
    );
    assert.equal(announcer.before(migration, step), undefined);
    assert.deepEqual(JSON.parse(received[0]!.body), {
      ...{ id: 'step-1', when: 'before', migration: 'billing', service: 'billing', from: 1, to: 5 },
      gate: { state: 'open', key: {}, reasons: [] },
    });
  });

  test('a no is told, and asked again later each time, not before', async () => {
    const migration = having({ before: [hook('/one?token=secret')] });
    answer = 503;
    announcer.before(migration, step);
    await until('it is answered', () => answered === 1);
    const waits = announcer.before(migration, step);
    assert.equal(
      waits,
      `The webhook before the step to 5 % says no: ${origin} answered 503. It is asked again.`,
    );
    nowMs += 1999;
    announcer.before(migration, step);
    assert.equal(received.length, 1);
    nowMs += 1;
    answer = 204;
    announcer.before(migration, step);
    await until('it is answered again', () => answered === 2);
    assert.equal(announcer.before(migration, step), undefined);
  });

  test('one that can not be told afterwards is tried again, and then audited', async () => {
    answer = 500;
    announcer.after(having({ after: [hook('/after')] }), step);
    await until('it is audited', () => audited.length === 1);
    assert.equal(received.length, 4);
    assert.match(audited[0]!.reason, /after the step to 5 % was not told: .* answered 500/);
  });
});
