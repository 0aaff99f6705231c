import { askUpstream } from './ask-upstream.ts';
import { fillPlaceholders } from './placeholders.ts';
import type { VerifyTask } from './verify-messages.ts';

/**
 * Asks a side for the message that it publishes, as Pact's verifiers ask a provider of messages: POST of its
 * description and provider states, answered with the message. Throws, for people, what came instead.
 */
export async function askForMessage(
  wanted: { readonly description: string; readonly providerStates: readonly { readonly name: string }[] },
  { upstream, messagePlace, env }: Pick<VerifyTask, 'upstream' | 'messagePlace' | 'env'>,
): Promise<Record<string, unknown>> {
  const { path, headers } = messagePlace;
  const filled = Object.entries(headers).map(([name, value]) => [
    name.toLowerCase(),
    fillPlaceholders(value, env),
  ]);
  const sent = {
    accept: 'application/json',
    'content-type': 'application/json',
    ...Object.fromEntries(filled),
  };
  const { status, text } = await askUpstream(upstream, 'POST', path, sent, JSON.stringify(wanted));
  if (status !== 200)
    throw new Error(`POST ${path} answered ${status} instead of the message: ${text.slice(0, maxQuoted)}`);
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw new Error(`POST ${path} answered what is not JSON: ${text.slice(0, maxQuoted)}`);
  }
}

const maxQuoted = 300;
