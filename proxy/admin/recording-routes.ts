import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Express } from 'express';
import { z } from 'zod';
import { exchangeOfStored } from '../recording/stored-exchange.ts';
import type { AdminDeps } from './admin-deps.ts';
import type { RecordingList, RecordingStatus, RecordOrder } from './api-types.ts';
import { knownMigration } from './known-migration.ts';
import { limitOf, pageOf, placeIn } from './pages.ts';
import { AdminProblem } from './problem.ts';
import { readStore } from './read-store.ts';
import { actorOf } from './request-actor.ts';

/** Without a word about it a recording ends by itself: who started it may be gone. */
const byDefault = {
  share: 100,
  maxSeconds: 3600,
  maxBytes: 1024 ** 3,
  maxPartBytes: 64 * 1024 ** 2,
} as const;

const recordingPlace = z.string().max(100);

/** Pairs read from the store at once. */
const pageSize = 100;

/** Traffic as files: recordings of live traffic, and the stored pairs that differ. */
export function addRecordingRoutes(
  app: Express,
  { delivery, recorder, reads, recordAudit, clock }: AdminDeps,
): void {
  app.get('/api/recordings', (request, response) => {
    const all = recorder.list();
    const last = placeIn(request, recordingPlace);
    // Ids begin with the time, so that the newest is the greatest; one that was removed has its place, too.
    const rest = last === undefined ? all : all.filter(({ id }) => id < last);
    const { rows: recordings, next } = pageOf(rest, limitOf(request, 100), ({ id }) => id);
    response.json({ recordings, ...next } satisfies RecordingList);
  });

  app.post('/api/recordings', async (request, response) => {
    const { migrations = [], reason = '', ...order }: RecordOrder = request.body;
    for (const id of migrations) knownMigration(delivery, id);
    const started = await recorder.start({ ...byDefault, compression: 'gzip', ...order, migrations });
    if (!started) {
      const running = recorder.list().find(({ state }) => state === 'running');
      throw new AdminProblem(
        'recording_running',
        `The recording ${running?.id ?? ''} is running: \`ficus record --stop ${running?.id ?? 'ID'}\` ends it.`,
      );
    }
    const { id, share } = started;
    recordAudit(actorOf(request), 'record', reason, { recording: id, migrations: started.migrations, share });
    response.json(started satisfies RecordingStatus);
  });

  app.get('/api/recordings/:recording', (request, response) => {
    const { recording } = request.params;
    response.json(known(recorder.status(recording), recording));
  });

  app.post('/api/recordings/:recording/stop', async (request, response) => {
    const { recording } = request.params;
    response.json(known(await recorder.stop(recording), recording));
  });

  app.get('/api/recordings/:recording/parts/:part', async (request, response) => {
    const { recording, part } = request.params;
    const file = recorder.partFile(recording, part);
    if (!file) throw new AdminProblem('unknown_recording', `${recording} has no complete part "${part}".`);
    response.type('application/octet-stream');
    await pipeline(createReadStream(file), response);
  });

  app.get('/api/migrations/:id/regressions', async (request, response) => {
    const { id } = knownMigration(delivery, request.params.id);
    const signature =
      request.query['signature'] === undefined ? undefined : String(request.query['signature']);
    const first = await readStore(() => reads.differingPairs({ migration: id, signature, limit: pageSize }));
    if (first.length === 0) {
      const what =
        signature === undefined ? `No pair of ${id} that differs` : `No pair of ${id} with ${signature}`;
      throw new AdminProblem('unknown_pair', `${what} is stored, or they were dropped by age.`);
    }
    // What is decided goes with the pairs, so that a replay elsewhere needs nothing else.
    const verdicts = (await readStore(() => reads.standingVerdicts(id))).map(
      ({ signature: of, state, owner, reason, until }) => ({ signature: of, state, owner, reason, until }),
    );
    response.type('application/x-ndjson');
    async function* lines(): AsyncGenerator<string> {
      const header = {
        createdAt: new Date(clock.now()).toISOString(),
        source: 'regressions',
        migrations: [id],
        verdicts,
      };
      yield `${JSON.stringify({ ficus: 'recording/1', ...header, keyId: recorder.keyId })}\n`;
      for (let page = first; page.length > 0; ) {
        const exchanges = page.map(exchangeOfStored).filter((exchange) => exchange !== undefined);
        yield exchanges.map((exchange) => `${JSON.stringify(exchange)}\n`).join('');
        const after = page.at(-1);
        page = await readStore(() =>
          reads.differingPairs({ migration: id, signature, after, limit: pageSize }),
        );
      }
    }
    await pipeline(Readable.from(lines()), response);
  });
}

function known(status: RecordingStatus | undefined, id: string): RecordingStatus {
  if (status) return status;
  throw new AdminProblem('unknown_recording', `There is no recording "${id}", or it was removed by age.`);
}
