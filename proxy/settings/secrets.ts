import { SettingsError } from './settings-error.ts';

export function readRedisUrl(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  if (/^rediss?:$/.test(URL.parse(text)?.protocol ?? '')) return text;
  // The text is not repeated: it may have a password in it.
  throw new SettingsError('REDIS_URL must be a URL such as redis://user:password@host:6379 or rediss://…');
}

const minKeyLength = 32;

export function readKey(name: string, text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  if (text.length < minKeyLength) {
    const how = 'such as what openssl rand -base64 32 prints';
    throw new SettingsError(`${name} must be at least ${minKeyLength} characters, ${how}`);
  }
  return text;
}

/** The same for a key that is written in base64. */
export function readKeyBytes(name: string, text: string | undefined): Uint8Array | undefined {
  if (!text) return undefined;
  const key = Buffer.from(text, 'base64');
  if (key.length >= minKeyLength) return key;
  throw new SettingsError(
    `${name} must be ${minKeyLength} bytes or more in base64 (openssl rand -base64 32)`,
  );
}

/** Scheme, host and path of a URL; nothing of one that can't be read. */
export function withoutSecrets(url: string): string {
  if (!URL.canParse(url)) return '***';
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}
