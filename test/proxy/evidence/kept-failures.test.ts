import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keptFailures } from '../../../proxy/evidence/kept-failures.ts';
import { hideSecrets } from '../../../proxy/shadow/redact-text.ts';

test('what is kept of a failed verification has no secret in it and an end', () => {
  const failure = (subject: string) => ({ subject, problems: ['expected 201', 'got kim@example.org'] });
  const failures = [failure('POST /login?token=s3cr3t'), ...Array.from({ length: 30 }, () => failure('x'))];
  const kept = keptFailures(failures, (text) => hideSecrets(text, () => '‹redacted›'));
  assert.deepEqual(kept[0], {
    interaction: 'POST /login?token=‹redacted›',
    text: 'expected 201\ngot ‹redacted›',
  });
  assert.equal(kept.length, 21);
  assert.deepEqual(kept.at(-1), { interaction: '11 more', text: 'not kept' });
  const [long] = keptFailures([{ subject: 'x', problems: ['y'.repeat(5_000)] }], (text) => text);
  assert.equal(long?.text.length, 2_001);
});
