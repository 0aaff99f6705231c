import type http from 'node:http';
import type { Upstream } from '../../routing/model.ts';
import { askUpstream } from './ask-upstream.ts';
import { fillAll, fillPlaceholders } from './placeholders.ts';
import type { ProviderState, StateStep } from './provider-states.ts';

type Environment = Readonly<Record<string, string>>;

/** Brings a side into a state; returns the state's values. Throws what a person needs to know when it can't. */
export async function setUpState(
  state: ProviderState,
  upstream: Upstream,
  env: Environment,
): Promise<Record<string, string | number | boolean>> {
  const taken: Values = {};
  for (const step of state.steps) Object.assign(taken, await runStep(step, upstream, env));
  return { ...(fillAll(state.values, env) as Values), ...taken };
}

type Values = Record<string, string | number | boolean>;

/** Resolves to what the step takes from its answer. */
async function runStep(step: StateStep, upstream: Upstream, env: Environment): Promise<Values> {
  const target = fillPlaceholders(step.target, env);
  const { status, text } = await askUpstream(
    upstream,
    step.method,
    target,
    headersOf(step, env),
    bodyOf(step, env),
  );
  const isExpected = step.expectStatus === undefined ? status < 400 : status === step.expectStatus;
  if (isExpected) return takeValues(step, target, text);
  throw new Error(
    `${step.method} ${target} answered ${status}, expected ${step.expectStatus ?? 'a status under 400'}`,
  );
}

function takeValues({ method, take }: StateStep, target: string, text: string): Values {
  const values = Object.entries(take).map(([name, pointer]) => {
    const value = valueAt(text, pointer);
    if (value === undefined) throw new Error(`The answer to ${method} ${target} has no value at ${pointer}`);
    return [name, value] as const;
  });
  return Object.fromEntries(values);
}

/** By RFC 6901; undefined for what is absent or more than one value. */
function valueAt(text: string, pointer: string): string | number | boolean | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return typeof value === 'object' || value === undefined ? undefined : (value as string | number | boolean);
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
