import { createHash, randomBytes } from 'node:crypto';
import type { Role } from '../../proxy/admin/api-types.ts';
import { defineCommand } from '../command.ts';
import { UsageError } from '../failures.ts';

const roles = ['viewer', 'qa', 'operator', 'admin'] as const satisfies readonly Role[];

/** Long enough that nobody guesses it, and so that its plain hash tells nothing of it. */
const tokenBytes = 32;

export const token = defineCommand({
  name: 'token',
  usage: 'token NAME --role ROLE [--expires DATE]',
  operands: [{ name: 'NAME', required: true, text: 'whose it is, as the audit will say' }],
  options: {
    role: {
      type: 'string',
      value: 'ROLE',
      choices: roles,
      text: `${roles.join(', ')}: each may what those before it may`,
    },
    expires: { type: 'string', value: 'DATE', text: 'its last day, such as 2027-01-31' },
  },
  asksAdmin: false,
  examples: ['ficus token ci --role operator --expires 2027-01-31'],

  async run({ operands: [name = ''], values: { role, expires } }) {
    if (!/^[\w.@-]{1,48}$/.test(name)) {
      throw new UsageError(`NAME must be 1 to 48 letters, digits and . @ - _, not "${name}"`);
    }
    if (role === undefined) {
      throw new UsageError(`token needs --role with one of ${roles.join(', ')}`);
    }
    if (expires !== undefined && !(/^\d{4}-\d\d-\d\d$/.test(expires) && !Number.isNaN(Date.parse(expires)))) {
      throw new UsageError(`--expires must be a date such as 2027-01-31, not "${expires}"`);
    }
    const secret = `ficus_${randomBytes(tokenBytes).toString('base64url')}`;
    const sha256 = createHash('sha256').update(secret).digest('hex');
    const entry = { name, role, sha256, ...(expires === undefined ? {} : { expires }) };
    const lines = Object.entries(entry).map(
      ([key, value], at) =>
        `${at === 0 ? '  - ' : '    '}${key}: ${key === 'role' ? value : JSON.stringify(value)}`,
    );
    return {
      json: { token: secret, entry },
      text: [
        `FICUS_TOKEN=${secret}`,
        '',
        'Only its hash is kept: this is the one time you see it. Under `tokens:` of the file that FICUS_TOKENS_FILE names:',
        '',
        ...lines,
      ].join('\n'),
    };
  },
});
