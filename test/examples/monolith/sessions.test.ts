import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSessions } from '../../../examples/monolith/sessions.ts';

const HOUR_MS = 3_600_000;

test('the cookie of a session names its user, among other cookies', () => {
  const sessions = createSessions('secret', () => 0);
  const value = sessions.open('Jürgen.Weiß');
  assert.equal(sessions.userOf(`theme=x; sid=${value};last_user=y`), 'Jürgen.Weiß');
});

test('no cookie, a forged one, one of another secret: nobody', () => {
  const sessions = createSessions('secret', () => 0);
  const [user, end, signature] = sessions.open('clerk').split('.');
  assert.equal(sessions.userOf(undefined), undefined);
  assert.equal(sessions.userOf('sid='), undefined);
  assert.equal(
    sessions.userOf(`sid=${Buffer.from('boss').toString('base64url')}.${end}.${signature}`),
    undefined,
  );
  assert.equal(sessions.userOf(`sid=${user}.${Number(end) + 1}.${signature}`), undefined);
  assert.equal(createSessions('other', () => 0).userOf(`sid=${user}.${end}.${signature}`), undefined);
});

test('a session ends after twelve hours', () => {
  let now = 0;
  const sessions = createSessions('secret', () => now);
  const cookie = `sid=${sessions.open('clerk')}`;
  now = 12 * HOUR_MS;
  assert.equal(sessions.userOf(cookie), 'clerk');
  now += 1;
  assert.equal(sessions.userOf(cookie), undefined);
});
