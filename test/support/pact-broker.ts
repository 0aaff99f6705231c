import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface BrokerPact {
  /** Content of the pact; consumer and provider are in it. */
  readonly content: {
    readonly consumer: { readonly name: string };
    readonly provider: { readonly name: string };
  };
  /** What the broker calls this content. */
  readonly sha: string;
  readonly pending?: boolean;
  readonly wip?: boolean;
}

export interface BrokerRequest {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: unknown;
}

/** Stands in for a Pact Broker: the documents of its HAL API, as far as a provider's verification asks for them. */
export interface PactBrokerStandIn extends AsyncDisposable {
  readonly url: string;
  pacts: BrokerPact[];
  readonly requests: BrokerRequest[];
  /** Set: only who sends it is answered. */
  authorization: string | undefined;
  /** Set: links lead there. */
  linksTo: string | undefined;
  /** Answers every request in place of the broker. */
  instead: ((response: http.ServerResponse) => void) | undefined;
  close(): Promise<void>;
}

export async function startPactBroker(pacts: BrokerPact[] = []): Promise<PactBrokerStandIn> {
  const requests: BrokerRequest[] = [];
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = '', url: path = '/', headers } = request;
    const text = Buffer.concat(chunks).toString();
    requests.push({
      method,
      path,
      authorization: headers.authorization,
      body: text === '' ? undefined : JSON.parse(text),
    });
    if (broker.instead) return broker.instead(response);
    const isAllowed = broker.authorization === undefined || broker.authorization === headers.authorization;
    const answer = isAllowed ? route(method, path) : { status: 401, document: { error: 'Unauthorised' } };
    response.writeHead(answer.status, { 'content-type': 'application/hal+json;charset=utf-8' });
    response.end(JSON.stringify(answer.document));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  };
  const broker: PactBrokerStandIn = {
    url,
    pacts,
    requests,
    authorization: undefined,
    linksTo: undefined,
    instead: undefined,
    close,
    [Symbol.asyncDispose]: close,
  };
  return broker;

  function route(method: string, path: string): { status: number; document: unknown } {
    const base = broker.linksTo ?? url;
    if (method === 'GET' && path === '/') return { status: 200, document: indexOf(base) };
    const provider = /^\/pacts\/provider\/([^/]+)\/for-verification$/.exec(path)?.[1];
    if (method === 'POST' && provider)
      return { status: 200, document: listOf(base, decodeURIComponent(provider)) };
    const sha = /\/pact-version\/([^/]+)/.exec(path)?.[1];
    const pact = broker.pacts.find((one) => one.sha === sha);
    if (method === 'GET' && pact) return { status: 200, document: documentOf(base, pact) };
    if (method === 'POST' && pact && path.endsWith('/verification-results'))
      return { status: 201, document: { success: true } };
    if (method === 'PUT' && path.startsWith('/pacticipants/')) return { status: 201, document: {} };
    return { status: 404, document: { error: 'The requested document was not found on this server.' } };
  }

  function indexOf(base: string) {
    return {
      _links: {
        self: { href: base, title: 'Index', templated: false },
        'pb:provider-pacts-for-verification': {
          href: `${base}/pacts/provider/{provider}/for-verification`,
          title: 'Pact versions to be verified for the specified provider',
          templated: true,
        },
        'pb:pacticipant-branch-version': {
          href: `${base}/pacticipants/{pacticipant}/branches/{branch}/versions/{version}`,
          title: 'Get or add/create a pacticipant version for a branch',
          templated: true,
        },
        curies: [{ name: 'pb', href: `${base}/doc/{rel}?context=index`, templated: true }],
      },
    };
  }

  function listOf(base: string, provider: string) {
    const listed = broker.pacts.filter(({ content }) => content.provider.name === provider);
    return {
      _embedded: {
        pacts: listed.map((pact) => ({
          shortDescription: 'latest from main branch',
          verificationProperties: {
            notices: [{ when: 'before_verification', text: 'The pact is being verified' }],
            ...(pact.pending !== undefined && { pending: pact.pending }),
            ...(pact.wip !== undefined && { wip: pact.wip }),
          },
          _links: {
            self: {
              href: `${base}${pathOf(pact)}/metadata/c1tdW2JdPW1haW4`,
              name: `Pact between ${pact.content.consumer.name} (1.0.0) and ${provider}`,
            },
          },
        })),
      },
      _links: { self: { href: `${base}/pacts/provider/${provider}/for-verification`, title: 'Pacts' } },
    };
  }

  function documentOf(base: string, pact: BrokerPact) {
    return {
      ...pact.content,
      createdAt: '2026-11-20T10:00:00+00:00',
      _links: {
        self: { title: 'Pact', href: `${base}${pathOf(pact)}` },
        'pb:publish-verification-results': {
          title: 'Publish verification results',
          href: `${base}${pathOf(pact)}/metadata/c1tdW2JdPW1haW4/verification-results`,
        },
      },
    };
  }
}

function pathOf({ content: { consumer, provider }, sha }: BrokerPact): string {
  return `/pacts/provider/${encodeURIComponent(provider.name)}/consumer/${encodeURIComponent(consumer.name)}/pact-version/${sha}`;
}
