import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { defaults } from '../../proxy/config/defaults.ts';

const page = readFileSync(new URL('../../docs/routes.md', import.meta.url), 'utf8');

/** As the tables name a setting: those of upstreams and migrations stand without their section. */
function nameOf(section: string, setting: string): string {
  return section === 'upstream' || section === 'migration' ? setting : `${section}.${setting}`;
}

function asWritten(value: unknown): string {
  return Array.isArray(value) ? `[${value.join(', ')}]` : String(value);
}

for (const [section, settings] of Object.entries(defaults)) {
  for (const [setting, value] of Object.entries(settings)) {
    const row = `| \`${nameOf(section, setting)}\` | \`${asWritten(value)}\` |`;
    test(`docs/routes.md says the default of ${nameOf(section, setting)}`, () => {
      assert.ok(page.includes(row), `no row begins with: ${row}`);
    });
  }
}
