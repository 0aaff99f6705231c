import { BlockList, isIP } from 'node:net';

/** Where clouds hand out credentials: a proxy that can be pointed there gives them away. */
const addresses = new BlockList();
addresses.addSubnet('169.254.0.0', 16, 'ipv4');
addresses.addSubnet('fe80::', 10, 'ipv6');
addresses.addAddress('fd00:ec2::254', 'ipv6');
addresses.addAddress('100.100.100.200', 'ipv4');
// The same IPv4 addresses behind NAT64 (RFC 6052).
addresses.addSubnet('64:ff9b::a9fe:0', 112, 'ipv6');

const names = new Set(['metadata', 'metadata.google.internal', 'instance-data.ec2.internal']);

/** Whether a host name or address (no brackets) is link-local or a cloud's metadata service. */
export function isLinkLocal(hostname: string): boolean {
  const family = isIP(hostname);
  if (family === 0) return names.has(hostname.toLowerCase().replace(/\.$/, ''));
  return addresses.check(hostname, family === 4 ? 'ipv4' : 'ipv6');
}
