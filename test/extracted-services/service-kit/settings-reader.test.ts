import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readServiceSettings, settingsReader } from '../../../extracted-services/service-kit/index.ts';

const DATABASE_URL = 'postgres://shop:pw@db/shop';
const defaults = { port: 9001, version: '1.2.3' };

test('only the database given: everything else has its default', () => {
  assert.deepEqual(readServiceSettings(settingsReader({ DATABASE_URL, PORT: '' }), defaults), {
    host: '127.0.0.1',
    port: 9001,
    version: '1.2.3',
    databaseUrl: DATABASE_URL,
    redisUrl: undefined,
    logLevel: 'info',
    apiKeys: [],
    drainMs: 0,
  });
});

test('several bad settings: one error names all of them, without a password', () => {
  const read = settingsReader({
    DATABASE_URL: 'mysql://shop:hun@ter/2@db/shop',
    PORT: '80x',
    LOG_LEVEL: 'loud',
    FAULTS: 'a,c',
  });
  readServiceSettings(read, defaults);
  read.listOf('FAULTS', ['a', 'b']);
  assert.throws(
    () => read.done(),
    (error: Error) => {
      assert.match(error.message, /PORT is "80x": use a whole number from 0 to 65535/);
      assert.match(error.message, /DATABASE_URL is "mysql:\/\/\*\*\*@db\/shop": use a URL like postgres:/);
      assert.match(error.message, /LOG_LEVEL is "loud": use one of fatal, /);
      assert.match(error.message, /FAULTS has "c": only a, b are known/);
      assert.doesNotMatch(error.message, /ter|hun/);
      return true;
    },
  );
});

test('no database: the error says that it is not set', () => {
  const read = settingsReader({});
  readServiceSettings(read, defaults);
  assert.throws(() => read.done(), /DATABASE_URL is not set: use a URL like postgres:/);
});
