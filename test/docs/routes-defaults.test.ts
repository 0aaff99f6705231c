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
  if (Array.isArray(value)) return `[${value.map(asWritten).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const members = Object.entries(value).map(([name, member]) => `${name}: ${asWritten(member)}`);
  return `{ ${members.join(', ')} }`;
}

for (const [section, settings] of Object.entries(defaults)) {
  for (const [setting, value] of Object.entries(settings)) {
    const row = `| \`${nameOf(section, setting)}\` | \`${asWritten(value)}\` |`;
    test(`docs/routes.md says the default of ${nameOf(section, setting)}`, () => {
      assert.ok(page.includes(row), `no row begins with: ${row}`);
    });
  }
}
