import { hashPassword } from '../passwords.ts';

export const demoUsers = [
  { userId: 'clerk', name: 'Clara Clerk', password: 'clerk-demo' },
  { userId: 'boss', name: 'Bernd Boß', password: 'boss-demo' },
];

export type UserRow = { USER_ID: string; USER_NM: string; PW_SALT: string; PW_HASH: string };
export const userTypes = { USER_ID: 'text', USER_NM: 'text', PW_SALT: 'text', PW_HASH: 'text' };

export async function makeUsers(): Promise<UserRow[]> {
  return Promise.all(
    demoUsers.map(async ({ userId, name, password }) => {
      const salt = `shop-${userId}`;
      return { USER_ID: userId, USER_NM: name, PW_SALT: salt, PW_HASH: await hashPassword(password, salt) };
    }),
  );
}
