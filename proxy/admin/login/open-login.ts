import type { Logger } from 'pino';
import type { Clock } from '../../telemetry/clock.ts';
import type { Login } from './authenticate.ts';
import type { RoleRule } from './roles.ts';
import { Sessions } from './session.ts';
import { TokenLogin } from './token-login.ts';
import { watchTokens } from './watch-tokens.ts';

/** What is configured of logins; at least one of the two ways is. */
export interface LoginSettings {
  readonly tokensFile: string | undefined;
  readonly oidc:
    | {
        readonly issuer: string;
        readonly clientId: string;
        readonly clientSecret: string | undefined;
        readonly roles: readonly RoleRule[];
      }
    | undefined;
  /** Signs sessions; undefined: one that is made once and kept in the data directory. Replicas share one. */
  readonly sessionKey: Uint8Array | undefined;
}

export interface OpenLogin extends Login {
  close(): void;
}

/** Rejects when the tokens file can't be taken. The provider is asked about itself at the first login only. */
export async function openLogin(
  settings: LoginSettings,
  deps: { readonly key: Uint8Array; readonly origin: string; readonly clock: Clock; readonly log: Logger },
): Promise<OpenLogin> {
  const { key, origin, clock, log } = deps;
  const tokens =
    settings.tokensFile === undefined ? undefined : await watchTokens({ file: settings.tokensFile, log });
  const now = () => clock.now();
  // Loaded by those alone who have a provider.
  const oidc =
    settings.oidc && new (await import('./oidc.ts')).OidcLogin({ ...settings.oidc, origin }, key, now);
  return {
    tokens: new TokenLogin({ tokens: () => tokens?.current() ?? [], clock }),
    sessions: new Sessions(key, now),
    oidc,
    close: () => tokens?.close(),
  };
}
