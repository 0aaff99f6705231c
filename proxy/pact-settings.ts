import { type Environment, SettingsError } from './settings-error.ts';

/** How a Pact Broker is asked. */
export type PactBrokerCredentials =
  | { readonly token: string }
  | { readonly username: string; readonly password: string };

const brokerPrefix = 'PACT_BROKER_';

/** Whether provider states may use a variable: the broker's credentials are nothing to them. */
export const isPactVariable = (name: string): boolean =>
  name.startsWith('PACT_') && !name.startsWith(brokerPrefix);

/** By the names that Pact's own tools read. */
export function readPactBroker(env: Environment): PactBrokerCredentials | undefined {
  const token = env['PACT_BROKER_TOKEN'] || undefined;
  const username = env['PACT_BROKER_USERNAME'] || undefined;
  const password = env['PACT_BROKER_PASSWORD'] ?? '';
  if (token !== undefined && username !== undefined)
    throw new SettingsError('PACT_BROKER_TOKEN and PACT_BROKER_USERNAME exclude each other: unset one');
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token))
    throw new SettingsError('PACT_BROKER_TOKEN has characters that a bearer token can not have');
  if (token !== undefined) return { token };
  return username === undefined ? undefined : { username, password };
}
