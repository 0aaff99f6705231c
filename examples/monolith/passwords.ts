import { scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify<string, string, number, Buffer>(scrypt);

export async function hashPassword(password: string, salt: string): Promise<string> {
  return (await derive(password, salt, 32)).toString('hex');
}

export async function isPassword(password: string, salt: string, hash: string): Promise<boolean> {
  return timingSafeEqual(await derive(password, salt, 32), Buffer.from(hash, 'hex'));
}
