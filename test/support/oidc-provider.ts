import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';

export interface OidcClient {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUri: string;
}

/** Who can log in, by login name; any password will do. */
export type Accounts = Readonly<
  Record<string, { email: string; verified: boolean; groups: readonly string[] }>
>;

/** A real OpenID provider on a free port of this machine, with its own login and consent forms. */
export async function startOidcProvider(accounts: Accounts, clientOf: () => OidcClient) {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let made: Provider | undefined;
  const provider = () => {
    made ??= makeProvider(issuer, accounts, clientOf());
    return made;
  };
  // Made at the first request: by then the client knows where it can be reached.
  server.on('request', (request, response) => provider().callback()(request, response));
  return {
    issuer,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function makeProvider(issuer: string, accounts: Accounts, client: OidcClient): Provider {
  return new Provider(issuer, {
    clients: [
      {
        client_id: client.clientId,
        client_secret: client.clientSecret,
        redirect_uris: [client.redirectUri],
      },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['groups'] },
    cookies: { keys: ['test'] },
    pkce: { required: () => true },
    findAccount: (_context, id) => {
      const account = accounts[id];
      if (!account) return undefined;
      const { email, verified, groups } = account;
      return {
        accountId: id,
        claims: () => ({ sub: id, email, email_verified: verified, groups: [...groups] }),
      };
    },
  });
}

/** A browser as far as redirects, forms and cookies go; cookies by host, as SameSite is not at stake here. */
export class FormBrowser {
  readonly #jars = new Map<string, Map<string, string>>();

  cookies(url: string): Map<string, string> {
    const { host } = new URL(url);
    const jar = this.#jars.get(host) ?? new Map<string, string>();
    this.#jars.set(host, jar);
    return jar;
  }

  /** Asks once, without following. */
  async ask(url: string, init: RequestInit = {}): Promise<Response> {
    const jar = this.cookies(url);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...(cookie && { cookie }), ...(init.headers as Record<string, string>) };
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
      const [name = '', value = ''] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
      if (value === '' || attributes.some((one) => /^max-age=0$/i.test(one))) jar.delete(name);
      else jar.set(name, value);
    }
    return response;
  }

  /** Follows redirects, and fills in the provider's forms, until `host` answers with something else. */
  async logIn(from: string, login: string): Promise<{ url: string; response: Response }> {
    let url = from;
    let response = await this.ask(url);
    for (let step = 0; step < 20; step++) {
      const location = response.headers.get('location');
      if (location !== null) {
        url = new URL(location, url).href;
        response = await this.ask(url);
        continue;
      }
      const page = url.includes('/interaction/') ? await response.text() : undefined;
      if (page === undefined) return { url, response };
      const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1] ?? '';
      const action = new URL(/<form[^>]*action="([^"]+)"/.exec(page)?.[1] ?? url, url).href;
      const body = new URLSearchParams({ prompt, ...(prompt === 'login' && { login, password: 'any' }) });
      response = await this.ask(action, { method: 'POST', body });
      url = action;
    }
    throw new Error('the login went round in circles');
  }
}
