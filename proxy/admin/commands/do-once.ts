import { createHash } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';
import type { CommandAnswer, KnownCommand } from '../../store/command-answers.ts';
import type { AdminDeps } from '../admin-deps.ts';
import { AdminProblem } from '../problem.ts';
import { actorOf } from '../request-actor.ts';
import { KnownCommands } from './known-commands.ts';

type Deps = Pick<AdminDeps, 'commandAnswers' | 'log' | 'clock'>;

/** Longer than this no command waits for what other replicas know. */
const askMs = 1_500;
/** What takes back or holds still runs before anybody is asked: made twice it is the same, and it must never wait. */
const neverWaits = /\/(?:rollback|pause|abort|kill)$/;

/**
 * A command that comes with an `Idempotency-Key` is done once, however often it is sent within a day by the same
 * person to the same path with the same body: later ones are answered as the first was. What was refused, or failed,
 * has done nothing and is tried again. Stands behind the login and the validation, which hold for each of them.
 */
export function doOnce({ commandAnswers: shared, log, clock }: Deps) {
  const known = new KnownCommands(() => clock.monotonic());
  /** Told to the store, which may not have it yet: whoever was refused and asks again finds no claim of ours. */
  const releasing = new Map<string, Promise<void>>();

  return async (request: Request, response: Response, next: NextFunction): Promise<void> => {
    const key = request.get('idempotency-key');
    if (request.method !== 'POST' || key === undefined || isSecret(request)) {
      next();
      return;
    }
    const command = hashOf(actorOf(request).name, request.path, key);
    const bodyHash = hashOf(JSON.stringify(request.body ?? {}));
    for (let here = known.find(command); here; here = known.find(command)) {
      if (answerAgain(response, here, bodyHash)) return;
      await here.over;
    }
    known.begin(command, bodyHash);
    const elsewhere = await claimed(request, command, bodyHash);
    if (elsewhere) {
      known.release(command);
      if (answerAgain(response, elsewhere, bodyHash)) return;
      response.set('Retry-After', '1');
      throw new AdminProblem(
        'command_running',
        'Another replica is doing this command; ask again with the same key for its answer.',
      );
    }
    keepAnswer(response, command, bodyHash);
    next();
  };

  async function claimed(
    request: Request,
    command: string,
    bodyHash: string,
  ): Promise<KnownCommand | undefined> {
    if (!shared?.available() || neverWaits.test(request.path)) return undefined;
    const timeout = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => timeout.resolve(undefined), askMs);
    try {
      const claim = Promise.resolve(releasing.get(command)).then(() => shared.claim(command, bodyHash));
      return await Promise.race([claim, timeout.promise]);
    } catch (error) {
      log.warn({ err: error }, 'commands of other replicas are not known');
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Before it is sent: whoever loses it on the way finds it. */
  function keepAnswer(response: Response, command: string, bodyHash: string): void {
    const send = response.json.bind(response);
    response.json = (body) => {
      const isDone = response.statusCode < 300;
      const kept: CommandAnswer = { status: response.statusCode, answer: JSON.stringify(body) };
      if (isDone) known.keep(command, bodyHash, kept);
      else known.release(command);
      if (shared?.available()) {
        const told = (isDone ? shared.keep(command, bodyHash, kept) : shared.release(command))
          .catch((error: unknown) => log.warn({ err: error }, 'a command is not told to other replicas'))
          .finally(() => releasing.delete(command));
        if (!isDone) releasing.set(command, told);
      }
      response.json = send;
      return send(body);
    };
  }
}

/** True when that was the answer; false while it is being done. */
function answerAgain(response: Response, { bodyHash, kept }: KnownCommand, own: string): boolean {
  if (bodyHash !== own) {
    throw new AdminProblem(
      'key_reused',
      'This Idempotency-Key came with another body before: give every command a key of its own.',
    );
  }
  if (!kept) return false;
  response.set('Idempotency-Replayed', 'true').status(kept.status).json(JSON.parse(kept.answer));
  return true;
}

/** What openapi.yaml says must not be kept. */
function isSecret(request: Request & { readonly openapi?: { readonly schema?: object } }): boolean {
  return (request.openapi?.schema as { 'x-ficus-secret'?: unknown } | undefined)?.['x-ficus-secret'] === true;
}

function hashOf(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
