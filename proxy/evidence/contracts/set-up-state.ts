import type http from 'node:http';
import type { Upstream } from '../../routing/model.ts';
import { fillAll, fillPlaceholders } from './placeholders.ts';
import type { ProviderState, StateStep } from './provider-states.ts';
import { requestToUpstream } from './upstream-forwarder.ts';

type Environment = Readonly<Record<string, string>>;

/** Brings a side into a state; returns the state's values. Throws what a person needs to know when it can't. */
export async function setUpState(
  state: ProviderState,
  upstream: Upstream,
  env: Environment,
): Promise<Record<string, string | number | boolean>> {
  for (const step of state.steps) await runStep(step, upstream, env);
  return fillAll(state.values, env) as Record<string, string | number | boolean>;
}

async function runStep(step: StateStep, upstream: Upstream, env: Environment): Promise<void> {
  const target = fillPlaceholders(step.target, env);
  const status = await ask(upstream, step.method, target, headersOf(step, env), bodyOf(step, env));
  const isExpected = step.expectStatus === undefined ? status < 400 : status === step.expectStatus;
  if (isExpected) return;
  throw new Error(
    `${step.method} ${target} answered ${status}, expected ${step.expectStatus ?? 'a status under 400'}`,
  );
}

function headersOf(step: StateStep, env: Environment): http.OutgoingHttpHeaders {
  const type =
    step.body === undefined || typeof step.body === 'string' ? {} : { 'content-type': 'application/json' };
  const given = Object.entries(step.headers).map(([name, value]) => [
    name.toLowerCase(),
    fillPlaceholders(value, env),
  ]);
  return { ...type, ...Object.fromEntries(given) };
}

function bodyOf(step: StateStep, env: Environment): string | undefined {
  if (step.body === undefined) return undefined;
  const body = fillAll(step.body, env);
  return typeof body === 'string' ? body : JSON.stringify(body);
}

/** Sends a request and reads its answer to the end; resolves with the status. */
function ask(
  upstream: Upstream,
  method: string,
  target: string,
  headers: http.OutgoingHttpHeaders,
  body: string | undefined,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    const request = requestToUpstream(upstream, method, target, { ...headers, ...length });
    request.on('error', (error) => reject(new Error(`${method} ${target}: ${error.message}`)));
    request.on('response', (answer) => {
      answer.on('error', reject);
      answer.on('end', () => resolve(answer.statusCode ?? 0));
      answer.resume();
    });
    request.end(body);
  });
}
