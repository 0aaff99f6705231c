import { z } from 'zod';
import type { PactBroker } from '../../routing/model.ts';
import { type BrokerCredentials, fetchDocument, shownUrl } from './fetch-document.ts';
import { maxPactBytes, type PactFile, parsePact } from './pact-file.ts';

/** What came of verifying one pact, as a broker wants to be told. */
export interface VerificationResult {
  readonly success: boolean;
  /** Build of the provider. */
  readonly build: string;
}

export interface BrokerClient {
  /** The pacts to verify, by its selectors; rejects with a `BrokerError`. `known` are not fetched again. */
  pacts(known: readonly PactFile[]): Promise<PactFile[]>;
  /** Rejects with a `BrokerError`. */
  publish(pact: PactFile, result: VerificationResult): Promise<void>;
}

/** In a sentence what is wrong. Has no credentials in it. */
export class BrokerError extends Error {}

const link = z.object({ href: z.string() });
const index = z.object({ _links: z.record(z.string(), z.unknown()) });
/** Of https://docs.pact.io/pact_broker, resource `pb:provider-pacts-for-verification`. */
const pactsForVerification = z.object({
  _embedded: z.object({
    pacts: z.array(
      z.object({
        verificationProperties: z
          .object({ pending: z.boolean().default(false), wip: z.boolean().default(false) })
          .default({ pending: false, wip: false }),
        _links: z.object({ self: link }),
      }),
    ),
  }),
});
const publishRelation = 'pb:publish-verification-results';
const pactDocument = z.looseObject({
  _links: z.object({ [publishRelation]: link.optional() }).optional(),
});

/** Names of the relation in brokers of today and of the time when it was new. */
const forVerification = ['pb:provider-pacts-for-verification', 'beta:provider-pacts-for-verification'];
const branchVersion = 'pb:pacticipant-branch-version';

const maxPacts = 100;
const timeoutMs = 10_000;

/** Speaks a Pact Broker's HAL API. Its links are followed on its own origin only, so the credentials stay there. */
export function createBrokerClient(
  broker: PactBroker,
  credentials: BrokerCredentials | undefined,
): BrokerClient {
  const { origin } = new URL(broker.url);

  return {
    async pacts(known) {
      const question = fill(await linkOf(forVerification), { provider: broker.provider });
      const listed = read(
        pactsForVerification,
        question,
        await ask(question, 'POST', {
          consumerVersionSelectors: broker.selectors,
          includePendingStatus: broker.pending,
          ...(broker.branch !== undefined && { providerVersionBranch: broker.branch }),
          ...(broker.wipSince !== undefined && { includeWipPactsSince: broker.wipSince }),
        }),
      );
      const { pacts } = listed._embedded;
      if (pacts.length > maxPacts)
        throw new BrokerError(`${shownUrl(question)} lists ${pacts.length} pacts, over ${maxPacts}`);
      const fetched: PactFile[] = [];
      for (const { verificationProperties, _links } of pacts) {
        const { pending, wip } = verificationProperties;
        fetched.push(await fetchPact(_links.self.href, pending || wip, known));
      }
      return fetched;
    },

    async publish({ file, publishUrl }, { success, build }) {
      if (publishUrl === undefined)
        throw new BrokerError(`${file} says nowhere where its results are published`);
      if (broker.branch !== undefined) {
        const { provider: pacticipant, branch } = broker;
        await ask(fill(await linkOf([branchVersion]), { pacticipant, branch, version: build }), 'PUT', {});
      }
      await ask(publishUrl, 'POST', {
        success,
        providerApplicationVersion: build,
        verifiedBy: { implementation: 'Ficus', version: '1' },
      });
    },
  };

  /** A pact's address names its content, so what was fetched from there is still what is there. */
  async function fetchPact(href: string, pending: boolean, known: readonly PactFile[]): Promise<PactFile> {
    const file = shownUrl(href);
    const there = known.find((one) => one.file === file);
    if (there) return { ...there, pending };
    const document = await ask(href, 'GET');
    const { _links, ...content } = read(pactDocument, href, document);
    const publishUrl = _links?.[publishRelation]?.href;
    const parsed = parsePact(file, JSON.stringify(content), {
      pending,
      ...(publishUrl !== undefined && { publishUrl }),
    });
    if ('problem' in parsed) throw new BrokerError(parsed.problem);
    return parsed.pact;
  }

  async function linkOf(relations: readonly string[]): Promise<string> {
    const root = broker.url;
    const { _links } = read(index, root, await ask(root, 'GET'));
    for (const relation of relations) {
      const found = link.safeParse(_links[relation]);
      if (found.success) return found.data.href;
    }
    throw new BrokerError(
      `${shownUrl(root)} has no link ${relations[0]}: is it a Pact Broker, of version 2.80 or later?`,
    );
  }

  async function ask(url: string, method: 'GET' | 'POST' | 'PUT', body?: object): Promise<unknown> {
    if (URL.parse(url)?.origin !== origin) {
      throw new BrokerError(
        `${shownUrl(broker.url)} links to ${shownUrl(url)}, which is not on ${origin} and not asked; ` +
          "set the broker's base URL to the one in routes.yaml",
      );
    }
    const fetched = await fetchDocument({
      url,
      method,
      body,
      credentials,
      maxBytes: maxPactBytes,
      timeoutMs,
    });
    if ('problem' in fetched) throw new BrokerError(fetched.problem);
    try {
      return fetched.text === '' ? {} : JSON.parse(fetched.text);
    } catch {
      throw new BrokerError(`${method} ${shownUrl(url)}: what is answered is not JSON`);
    }
  }
}

function read<Shape extends z.ZodType>(shape: Shape, url: string, document: unknown): z.output<Shape> {
  const parsed = shape.safeParse(document);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new BrokerError(
    `${shownUrl(url)} is not what a Pact Broker answers: ${issue?.path.join('.')} ${issue?.message}`,
  );
}

/** RFC 6570, level 1, which is all that brokers use. */
function fill(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) =>
    values[name] === undefined ? whole : encodeURIComponent(values[name]),
  );
}
