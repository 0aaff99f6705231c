import path from 'node:path';
import type { LoginSettings } from '../admin/login/open-login.ts';
import { type RoleRule, roles } from '../admin/login/roles.ts';
import { readKeyBytes } from './secrets.ts';
import { type Environment, SettingsError } from './settings-error.ts';

/** `https://ficus.example.org`, as a browser writes it. */
export function readOrigin(name: string, text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol) || `${url.origin}/` !== url.href) {
    throw new SettingsError(`${name} must be an origin such as https://ficus.example.org, not "${text}"`);
  }
  return url.origin;
}

/** Undefined where neither tokens nor a login provider are set. */
export function readLogin(env: Environment): LoginSettings | undefined {
  const tokensFile = env['FICUS_TOKENS_FILE'] ? path.resolve(env['FICUS_TOKENS_FILE']) : undefined;
  const oidc = readOidc(env);
  return tokensFile || oidc
    ? { tokensFile, oidc, sessionKey: readKeyBytes('FICUS_SESSION_KEY', env['FICUS_SESSION_KEY']) }
    : undefined;
}

/** For the log. */
export function maskedLogin({ tokensFile, oidc, sessionKey }: LoginSettings): Record<string, unknown> {
  const masked = oidc && { ...oidc, clientSecret: oidc.clientSecret && '***' };
  return { tokensFile, oidc: masked, sessionKey: sessionKey && '***' };
}

function readOidc(env: Environment): LoginSettings['oidc'] {
  const issuer = env['FICUS_OIDC_ISSUER'] || undefined;
  if (issuer === undefined) return undefined;
  const clientId = env['FICUS_OIDC_CLIENT_ID'];
  if (!clientId) throw new SettingsError('FICUS_OIDC_ISSUER needs FICUS_OIDC_CLIENT_ID beside it');
  const url = URL.parse(issuer);
  const isHere = url !== null && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url?.protocol !== 'https:' && !(url?.protocol === 'http:' && isHere)) {
    throw new SettingsError(
      `FICUS_OIDC_ISSUER must be a URL that begins with https:, or http: on this machine, not "${issuer}"`,
    );
  }
  return {
    issuer,
    clientId,
    clientSecret: env['FICUS_OIDC_CLIENT_SECRET'] || undefined,
    roles: readRoles(env['FICUS_OIDC_ROLES'] ?? ''),
  };
}

/** `groups:ficus-admins=admin, groups:qa-team=qa`: claim, value, role. */
function readRoles(text: string): readonly RoleRule[] {
  const name = 'FICUS_OIDC_ROLES';
  const rules = text.split(',').filter((part) => part.trim() !== '');
  if (rules.length === 0) throw new SettingsError(`${name} is needed, such as groups:ficus-admins=admin`);
  return rules.map((rule) => {
    const [, claim, value, named] = /^\s*([^:=\s]+):(.+)=(\w+)\s*$/.exec(rule) ?? [];
    const role = roles.find((one) => one === named);
    if (claim === undefined || value === undefined || role === undefined) {
      throw new SettingsError(
        `${name} has "${rule.trim()}": write claim:value=role with one of ${roles.join(', ')}`,
      );
    }
    return { claim, value, role };
  });
}
