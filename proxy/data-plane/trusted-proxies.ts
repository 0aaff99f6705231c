import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';

/** Addresses whose word on where a request comes from is taken. */
export class TrustedProxies {
  readonly #networks = new BlockList();
  readonly isEmpty: boolean;

  /** `list` is what `readTrustedProxies` returned. */
  constructor(list: readonly string[]) {
    this.isEmpty = list.length === 0;
    for (const entry of list) {
      const [address = '', prefix] = entry.split('/');
      const family = isIPv4(address) ? 'ipv4' : 'ipv6';
      if (prefix === undefined) this.#networks.addAddress(address, family);
      else this.#networks.addSubnet(address, Number(prefix), family);
    }
  }

  /** `address` is plain, as `plainAddress` makes it; what is no address is not trusted. */
  has(address: string): boolean {
    const version = isIP(address);
    return version !== 0 && this.#networks.check(address, version === 4 ? 'ipv4' : 'ipv6');
  }
}

export const trustsNobody = new TrustedProxies([]);

/**
 * Reads a comma-separated list of addresses and networks, `10.0.0.0/8, 2001:db8::1`. Throws an Error that
 * says in one sentence what is wrong with it.
 */
export function readTrustedProxies(text: string): string[] {
  const list = text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  for (const entry of list) {
    const problem = problemOf(entry);
    if (problem !== undefined) throw new Error(`"${entry}" ${problem}`);
  }
  return list;
}

function problemOf(entry: string): string | undefined {
  const [address = '', prefix, ...more] = entry.split('/');
  const version = address.includes('%') ? 0 : isIP(address);
  if (version === 0 || more.length > 0)
    return 'is no address and no network; write 10.0.0.7, 10.0.0.0/8 or 2001:db8::/32';
  // Read as IPv6 a prefix of 8 is nearly everything, read as IPv4 it is one network (CVE-2026-90711).
  if (version === 6 && isMappedIPv4(address)) return 'is an IPv4 address written as IPv6; write it as IPv4';
  if (prefix === undefined) return undefined;
  const bits = version === 4 ? 32 : 128;
  if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > bits)
    return `has no prefix length from 1 to ${bits} behind the slash`;
  return Number(prefix) === 0 ? 'would trust everybody, so that anybody could name any client' : undefined;
}

function isMappedIPv4(address: string): boolean {
  return new URL(`http://[${address}]`).hostname.startsWith('[::ffff:');
}

/** Without the wrapping that a dual-stack socket gives an IPv4 address, and without an interface name. */
export function plainAddress(address: string): string {
  const zone = address.indexOf('%');
  const plain = zone < 0 ? address : address.slice(0, zone);
  if (!plain.startsWith('::ffff:')) return plain;
  const mapped = plain.slice('::ffff:'.length);
  return isIPv4(mapped) ? mapped : plain;
}

/** The address of `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:80`. */
export function addressOfNode(node: string): string | undefined {
  const withPort = /^(?:\[([0-9A-Fa-f:.]{2,45})\]|(\d{1,3}(?:\.\d{1,3}){3}))(?::\d{1,5})?$/.exec(node);
  const bracketed = withPort?.[1];
  if (bracketed !== undefined) return isIPv6(bracketed) ? plainAddress(bracketed) : undefined;
  const address = withPort?.[2] ?? node;
  return isIP(address) !== 0 && !address.includes('%') ? plainAddress(address) : undefined;
}
