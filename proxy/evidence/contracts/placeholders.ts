import { randomUUID } from 'node:crypto';

/** Only these reach provider states: a states file is data, and must not read the proxy's own secrets. */
export const environmentPrefix = 'PACT_';

const placeholder = /\{\{([^{}]*)\}\}/g;
const environment = /^env:([A-Za-z0-9_]+)$/;

/** What is wrong with the placeholders of a text, if anything. */
export function placeholderProblem(text: string): string | undefined {
  for (const [whole, inner = ''] of text.matchAll(placeholder)) {
    if (inner === 'uuid') continue;
    const name = environment.exec(inner)?.[1];
    if (name === undefined)
      return `has ${whole}, which is unknown: there are {{uuid}} and {{env:${environmentPrefix}NAME}}`;
    if (!name.startsWith(environmentPrefix))
      return `has ${whole}: only variables whose names start with ${environmentPrefix} can be used`;
  }
  return undefined;
}

/** The text with each `{{uuid}}` a new UUID and each `{{env:NAME}}` the variable's value; throws when it is not set. */
export function fillPlaceholders(text: string, env: Readonly<Record<string, string | undefined>>): string {
  return text.replace(placeholder, (whole, inner: string) => {
    if (inner === 'uuid') return randomUUID();
    const name = environment.exec(inner)?.[1];
    if (name === undefined) return whole;
    const value = env[name];
    if (value === undefined || value === '') {
      throw new Error(`${name} is not set: set it in the environment of the proxy that verifies`);
    }
    return value;
  });
}

/** The same for every text in a JSON value. */
export function fillAll(value: unknown, env: Readonly<Record<string, string | undefined>>): unknown {
  if (typeof value === 'string') return fillPlaceholders(value, env);
  if (Array.isArray(value)) return value.map((each) => fillAll(each, env));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, fillAll(each, env)]));
}
