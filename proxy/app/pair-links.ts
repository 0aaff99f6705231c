import type { PairRow as LinkedPair, PairLinks, RequestAddress } from '../admin/api-types.ts';
import { targetOnService } from '../data-plane/rewrite-target.ts';
import type { RoutingModel, Upstream } from '../routing/model.ts';
import type { Settings } from '../settings.ts';
import type { PairRow } from '../store/model.ts';
import type { Store } from '../store/open-store.ts';

const traceparent = /^00-((?!0{32})[0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Pairs for the admin API, with where they lead to and which of their redactions can be revealed. */
export function linkPairs(deps: {
  readonly model: () => RoutingModel;
  readonly settings: Pick<Settings, 'traceUrl' | 'reveal'>;
  readonly store: Pick<Store, 'sealedValues'>;
}) {
  const { model, settings, store } = deps;
  return async (pairs: readonly PairRow[]): Promise<readonly LinkedPair[]> => {
    const isKept = settings.reveal.keys.length > 0;
    const marks = isKept ? await store.sealedValues.marksOf(pairs) : undefined;
    return pairs.map((pair) => {
      const revealable = marks?.get(pair.id);
      const links = pairLinks(model(), settings.traceUrl, pair);
      return { ...pair, links, ...(revealable && { revealable: [...revealable] }) };
    });
  };
}

/** Where a pair's trace is looked at, and where its request went on each side as routes.yaml is now. */
export function pairLinks(
  { default: monolith, upstreams, migrations }: RoutingModel,
  traceUrl: string | undefined,
  pair: Pick<PairRow, 'id' | 'migration' | 'route' | 'request'>,
): PairLinks {
  const { request } = pair;
  const migration = migrations.find(({ id }) => id === pair.migration);
  const route = migration?.routes.find(({ id }) => id === pair.route);
  const upstream = (id: string | undefined) => upstreams.find((one) => one.id === id);
  const [old, own] = [upstream(monolith), upstream(migration?.service)];
  const traceId = traceIdOf(pair);
  return {
    ...(traceId !== undefined && { traceId }),
    ...(traceId !== undefined && traceUrl && { traceUrl: traceUrl.replaceAll('{traceId}', traceId) }),
    ...(request && old && { monolith: addressOn(old, request.target) }),
    ...(request && own && route && { service: addressOn(own, targetOnService(route, request.target)) }),
  };
}

/** The client's own, or that which Ficus made of the pair's id: as `data-plane/request-head.ts` does. */
function traceIdOf({ id, request }: Pick<PairRow, 'id' | 'request'>): string | undefined {
  if (request === undefined) return undefined;
  const { headers } = request;
  for (let index = 0; index + 1 < headers.length; index += 2) {
    if (headers[index]!.toLowerCase() !== 'traceparent') continue;
    const [, traceId] = traceparent.exec(headers[index + 1]!) ?? [];
    if (traceId !== undefined) return traceId;
  }
  return uuid.test(id) ? id.replaceAll('-', '') : undefined;
}

function addressOn(upstream: Upstream, target: string): RequestAddress {
  const { protocol, hostname, port, socketPath, basePath, host } = upstream;
  const named = hostname.includes(':') ? `[${hostname}]` : hostname;
  const isUnix = protocol === 'unix:';
  return {
    url: `${isUnix ? 'http://localhost' : `${protocol}//${named}:${port}`}${basePath}${target}`,
    ...(isUnix && { unixSocket: socketPath }),
    ...(host !== undefined && { host }),
  };
}
