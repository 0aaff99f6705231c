import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findToken } from '../../proxy/admin/login/find-token.ts';
import { readTokenFile } from '../../proxy/admin/login/token-file.ts';
import { runHere } from './run-ficus.ts';

for (const name of ['ci', '2027', 'true', '@ops', '-']) {
  test(`a token is made for ${name}, what is printed for the file is read there and finds it`, async () => {
    const { stdout, exitCode } = await runHere(['token', name, '--role', 'qa', '--expires', '2999-01-31']);
    assert.equal(exitCode, 0);
    const secret = /^FICUS_TOKEN=(\S+)$/m.exec(stdout)?.[1] ?? '';
    const tokens = readTokenFile('tokens.yaml', `tokens:\n${stdout.slice(stdout.indexOf('  - '))}`);
    const { name: found, role } = findToken(tokens, secret, Date.now()) ?? {};
    assert.deepEqual([found, role], [name, 'qa']);
  });
}
