import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { routesJsonSchema } from '../../../proxy/config/schema.ts';

test('routes.schema.json is what the schema says; else run proxy/config/write-json-schema.ts', () => {
  const file = new URL('../../../proxy/config/routes.schema.json', import.meta.url);
  const written: unknown = JSON.parse(readFileSync(file, 'utf8'));
  assert.deepEqual(written, JSON.parse(JSON.stringify(routesJsonSchema)));
});
