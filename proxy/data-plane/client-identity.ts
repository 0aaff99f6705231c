import type { ClientView } from './answer-mapping.ts';
import { forwardedElement, readForwarded, writeNode } from './forwarded-field.ts';
import type { HeaderFields } from './header-fields.ts';
import { addressOfNode, plainAddress, type TrustedProxies } from './trusted-proxies.ts';

/** Who a request comes from, as far as we believe it. */
export interface ClientIdentity extends ClientView {
  /** The client's own address: what stickiness, limits and logs go by. */
  readonly address: string;
  /** X-Forwarded-… and Forwarded for the upstream; each line ends in CRLF. */
  readonly lines: string;
}

/** RFC 3986 authority without userinfo. */
export const authorityPattern = /^(?:[A-Za-z0-9\-._~!$&'()*+,;=%]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;

/** What a trusted proxy said: each header's lines in one, empty when there was none. */
interface Received {
  readonly for: string;
  readonly proto: string;
  readonly host: string;
  readonly port: string;
  /** Line by line. */
  readonly forwarded: readonly string[];
}

/** A hop in front of our peer. */
interface Hop {
  /** As it was received. */
  readonly text: string;
  /** Undefined for one that hides itself. */
  readonly address: string | undefined;
}

/** Longer chains are cut at their far end, which is the client's to invent anyway. */
const MAX_HOPS = 32;

/** One peer of ours, on one connection: identifies the clients of its requests. */
export class Peer {
  readonly address: string;
  readonly scheme: 'http' | 'https';
  readonly #trusted: TrustedProxies;
  readonly #isTrusted: boolean;
  /** Of the request before: on one connection the Host is hardly ever another. */
  #host: string | undefined;
  #identity: ClientIdentity | undefined;

  constructor(remoteAddress: string | undefined, secure: boolean, trusted: TrustedProxies) {
    this.address = plainAddress(remoteAddress ?? 'unknown');
    this.scheme = secure ? 'https' : 'http';
    this.#trusted = trusted;
    this.#isTrusted = !trusted.isEmpty && trusted.has(this.address);
  }

  /** `host` has passed `authorityPattern`, or is empty. */
  identify(host: string, fields: HeaderFields): ClientIdentity {
    if (this.#isTrusted) {
      const received = collect(fields.flat);
      if (received) return this.#identifyByWord(host, received);
    }
    if (this.#host !== host || this.#identity === undefined) {
      this.#host = host;
      this.#identity = this.#identifyByItself(host);
    }
    return this.#identity;
  }

  /** Nobody else is to be believed: whatever was received is overwritten. */
  #identifyByItself(host: string): ClientIdentity {
    const { address, scheme } = this;
    const lines =
      `X-Forwarded-For: ${address}\r\n${protoAndHost(scheme, host)}` +
      `Forwarded: ${forwardedElement({ node: writeNode(address), host, proto: scheme })}\r\n`;
    return { address, scheme, authority: host, lines };
  }

  /**
   * RFC 7239, 7.1 and 8.1: each hop vouches only for the one behind it, so the client is the first one, from
   * our side, that is not trusted. Where both are there, X-Forwarded-For counts and Forwarded is written anew
   * from it: proxies that know only the former pass on whatever Forwarded a client invents.
   */
  #identifyByWord(host: string, received: Received): ClientIdentity {
    if (received.for === '' && received.forwarded.length > 0)
      return this.#identifyByForwarded(host, received.forwarded);
    const hops = hopsOf(received.for);
    const client = this.#clientAmong(hops);
    const scheme = readScheme(lastOf(received.proto)) ?? this.scheme;
    const authority = readAuthority(lastOf(received.host)) ?? host;
    const elements = [...hops.map((hop) => hop.address!), this.address].map((address, i) =>
      forwardedElement({
        node: writeNode(address),
        ...(i === client ? { host: authority, proto: scheme } : {}),
      }),
    );
    const lines =
      `X-Forwarded-For: ${[...hops.map((hop) => hop.text), this.address].join(', ')}\r\n` +
      `${protoAndHost(scheme, authority)}${portLine(received.port)}Forwarded: ${elements.join(', ')}\r\n`;
    return { address: hops[client]?.address ?? this.address, scheme, authority, lines };
  }

  #identifyByForwarded(host: string, received: readonly string[]): ClientIdentity {
    const elements = readForwarded(received).slice(-MAX_HOPS);
    const hops = elements.map(({ node, text }) => ({ text, address: addressOfNode(node) }));
    const client = this.#clientAmong(hops);
    const scheme = readScheme(elements[client]?.proto ?? '') ?? this.scheme;
    const authority = readAuthority(elements[client]?.host ?? '') ?? host;
    const own = forwardedElement({ node: writeNode(this.address), host, proto: this.scheme });
    const addresses = [...hops.map((hop) => hop.address ?? 'unknown'), this.address];
    const lines =
      `X-Forwarded-For: ${addresses.join(', ')}\r\n${protoAndHost(scheme, authority)}` +
      `Forwarded: ${[...hops.map((hop) => hop.text), own].join(', ')}\r\n`;
    return { address: hops[client]?.address ?? this.address, scheme, authority, lines };
  }

  /** Index of the client's hop; the number of hops when it is our peer itself. */
  #clientAmong(hops: readonly Hop[]): number {
    let client = hops.length;
    while (client > 0) {
      const address = hops[client]?.address ?? this.address;
      // One that hides itself can't be told apart by anything, so the hop that vouches for it stands for it.
      if (!this.#trusted.has(address) || hops[client - 1]!.address === undefined) break;
      client--;
    }
    return client;
  }
}

function collect(rawHeaders: readonly string[]): Received | undefined {
  const forwarded: string[] = [];
  const said = { for: '', proto: '', host: '', port: '' };
  let any = false;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!.toLowerCase();
    const value = rawHeaders[i + 1]!;
    if (name === 'forwarded') forwarded.push(value);
    else if (name === 'x-forwarded-for') said.for = join(said.for, value);
    else if (name === 'x-forwarded-proto') said.proto = join(said.proto, value);
    else if (name === 'x-forwarded-host') said.host = join(said.host, value);
    else if (name === 'x-forwarded-port') said.port = join(said.port, value);
    else continue;
    any = true;
  }
  return any ? { ...said, forwarded } : undefined;
}

const join = (before: string, value: string): string => (before === '' ? value : `${before}, ${value}`);

/** From our side up to the first one that is no address: what is beyond, nobody vouches for. */
function hopsOf(xForwardedFor: string): Hop[] {
  const hops: Hop[] = [];
  if (xForwardedFor === '') return hops;
  const texts = xForwardedFor.split(',');
  for (let i = texts.length - 1; i >= 0 && hops.length < MAX_HOPS; i--) {
    const text = texts[i]!.trim();
    const address = addressOfNode(text);
    if (address === undefined) break;
    hops.push({ text, address });
  }
  return hops.reverse();
}

/** Proxies that append say last what they have seen themselves. */
const lastOf = (list: string): string => list.slice(list.lastIndexOf(',') + 1).trim();

function readScheme(text: string): 'http' | 'https' | undefined {
  const scheme = text.toLowerCase();
  return scheme === 'http' || scheme === 'https' ? scheme : undefined;
}

function readAuthority(text: string): string | undefined {
  return text.length <= 255 && authorityPattern.test(text) ? text : undefined;
}

function portLine(list: string): string {
  const port = lastOf(list);
  return /^[1-9]\d{0,4}$/.test(port) && Number(port) <= 65_535 ? `X-Forwarded-Port: ${port}\r\n` : '';
}

function protoAndHost(scheme: string, host: string): string {
  return `X-Forwarded-Proto: ${scheme}\r\n${host === '' ? '' : `X-Forwarded-Host: ${host}\r\n`}`;
}
