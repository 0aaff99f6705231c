import { readFileSync } from 'node:fs';
import { type Environment, SettingsError } from './settings-error.ts';

export interface RevealSettings {
  /** 32 bytes each: the first seals, all open. None: what is redacted is kept nowhere. */
  readonly keys: readonly Uint8Array[];
  /** How long what is sealed is kept; never longer than the pairs. */
  readonly maxAgeDays: number;
}

const keyBytes = 32;
const defaultMaxAgeDays = 7;

/** `FICUS_REVEAL_KEY`, or the file that `FICUS_REVEAL_KEY_FILE` names: keys in base64, with blanks or line ends between. */
export function readReveal(env: Environment, pairsMaxAgeDays: number): RevealSettings {
  const file = env['FICUS_REVEAL_KEY_FILE'];
  const text = env['FICUS_REVEAL_KEY'];
  if (file && text)
    throw new SettingsError('FICUS_REVEAL_KEY and FICUS_REVEAL_KEY_FILE are both set: set one');
  const keys = file
    ? readKeys('FICUS_REVEAL_KEY_FILE', readText(file))
    : readKeys('FICUS_REVEAL_KEY', text ?? '');
  if (file && keys.length === 0) throw new SettingsError(`FICUS_REVEAL_KEY_FILE: ${file} is empty`);
  return { keys, maxAgeDays: Math.min(pairsMaxAgeDays, readDays(env['FICUS_REVEAL_MAX_AGE_DAYS'])) };
}

/** For the log. */
export function maskedReveal({ keys, maxAgeDays }: RevealSettings): Record<string, unknown> {
  return { keys: keys.map(() => '***'), maxAgeDays };
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code = 'unreadable' } = error as NodeJS.ErrnoException;
    throw new SettingsError(`FICUS_REVEAL_KEY_FILE: ${file} can not be read (${code})`);
  }
}

/** The texts are not repeated in what is wrong with them. */
function readKeys(name: string, text: string): Uint8Array[] {
  const words = text.split(/\s+/).filter((word) => word !== '');
  return words.map((word, index) => {
    const key = Buffer.from(word, 'base64');
    if (key.length !== keyBytes || !/^[\w+/-]{43}=?$/.test(word)) {
      const which = words.length === 1 ? 'must be' : `must have, as key ${index + 1},`;
      throw new SettingsError(
        `${name} ${which} ${keyBytes} bytes in base64, such as what openssl rand -base64 32 prints`,
      );
    }
    return new Uint8Array(key);
  });
}

function readDays(text: string | undefined): number {
  if (text === undefined || text === '') return defaultMaxAgeDays;
  const days = Number(text);
  if (!/^\d+$/.test(text) || days < 1 || days > 90)
    throw new SettingsError(`FICUS_REVEAL_MAX_AGE_DAYS must be a whole number from 1 to 90, not "${text}"`);
  return days;
}
