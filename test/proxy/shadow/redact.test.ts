import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createRedactor } from '../../../proxy/shadow/redact.ts';
import { bytes } from './sample-pair.ts';

const redactor = createRedactor(bytes('a key of this installation'));
const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U';

/** Text in which `[…]` stands for what must be hidden, and nothing else may be. */
const texts: string[] = [
  'mail [anna.berg+shop@example.co.uk] or [müller@exämple.de], not @home',
  '/users/[anna%40example.com]/orders',
  `see ${'['}${jwt}${']'}, please`,
  'Authorization: [Bearer abcdef0123456789]',
  'sent Bearer [abcdef0123456789]',
  'Basic [YW5uYTpodW50ZXIy] but Basic equipment',
  'pay to [DE89 3704 0044 0532 0130 00] EUR or [GB82WEST12345698765432]',
  'not DE88 3704 0044 0532 0130 00',
  'card [4111 1111 1111 1111] 12/27, [5500-0000-0000-0004]; not 4111 1111 1111 1112',
  'two cards [4111111111111111] [340000000000009]',
  'at 1700000000000 ms, order 20240001',
  '/login?next=%2F&access_token=[abc123]&page=2#x',
  'https://shop.example/cb?a=1&amp;sessionId=[0815]&amp;b=2',
  '{"user":"anna","password":"[it\'s a secret, really]","n":1}',
  "{'apiKey': '[k-1234]', 'n': 1}",
  'api_key: [k-1234]; size: 3',
  'redirect=%2Fx%3Ftoken%3D[abc]',
  '<wsse:Password Type="x">[geheim]</wsse:Password><name>Anna</name>',
  '<secret><![CDATA[[geheim]]]></secret>',
  'the secretary has tokens to give',
  'https://shop.example/cb?a=1&sid=[0815abc]&side=left#x',
  '{"pin":"[1234]","opinion":"good"} or otp: [9912]',
];

function expectedOf(text: string): string {
  return text.replace(/\[(?!CDATA\[)([^[\]]*)\]/g, (_, secret: string) => redactor.hide(secret));
}

describe('secrets in running text', () => {
  for (const text of texts) {
    it(text.replace(jwt, 'JWT').slice(0, 60), () => {
      const sent = text.replace(/\[(?!CDATA\[)([^[\]]*)\]/g, '$1');
      assert.equal(redactor.text(sent), expectedOf(text));
    });
  }

  it('values of HTML fields that are named like secrets are hidden, wherever the name stands', () => {
    const page = redactor.text(
      '<input value="abc1" name="csrf_token"><meta name=session-id content=abc2><input name=q value=abc3>',
    );
    assert.ok(!page.includes('abc1') && !page.includes('abc2') && page.includes('abc3'), page);
  });

  it('equal secrets have equal redactions under one key, others under another', () => {
    const other = createRedactor(bytes('another key'));
    assert.match(redactor.hide('hunter2'), /^‹redacted:[0-9a-f]{8}›$/);
    assert.equal(
      redactor.hide('hunter2'),
      createRedactor(bytes('a key of this installation')).hide('hunter2'),
    );
    assert.notEqual(redactor.hide('hunter2'), redactor.hide('hunter3'));
    assert.notEqual(redactor.hide('hunter2'), other.hide('hunter2'));
  });

  const hostile: [string, string][] = [
    ['@ after a long name', `${'a'.repeat(2_000_000)}@`],
    ['many @', 'a@'.repeat(1_000_000)],
    ['many %40', '%40a'.repeat(500_000)],
    ['JWT beginnings', 'eyJ'.repeat(700_000)],
    ['dots', 'eyJ.'.repeat(500_000)],
    ['digits', '1'.repeat(2_000_000)],
    ['groups of digits', '4 '.repeat(1_000_000)],
    ['cards', '4111111111111111 '.repeat(100_000)],
    ['IBAN beginnings', 'DE89'.repeat(500_000)],
    ['names', 'token'.repeat(400_000)],
    ['short names', 'pin '.repeat(500_000)],
    ['short names with colons', '"pin":'.repeat(300_000)],
    ['names with colons', 'token:'.repeat(300_000)],
    ['open quotes', 'token:"'.repeat(300_000)],
    ['open tags', '<token '.repeat(300_000)],
    ['bearers', 'bearer '.repeat(300_000)],
  ];
  for (const [what, text] of hostile) {
    it(`2 MB of ${what} take no quadratic time`, () => {
      // Of the CPU: how busy the machine is does not matter.
      const before = process.threadCpuUsage();
      redactor.text(text);
      const { user } = process.threadCpuUsage(before);
      assert.ok(user < 3_000_000, `${user} µs`);
    });
  }
});
