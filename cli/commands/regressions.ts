import { stat } from 'node:fs/promises';
import { bytesText } from '../amount-options.ts';
import { defineCommand } from '../command.ts';
import { UsageError } from '../failures.ts';
import { saveStream } from '../save-stream.ts';
import { migrationOperand, migrationPath } from './migration-operand.ts';

export const regressions = defineCommand({
  name: 'regressions',
  usage: 'regressions ID --out FILE [--signature S]',
  operands: [migrationOperand],
  options: {
    out: { type: 'string', value: 'FILE', text: 'what to write; compressed when it ends in .gz or .zst' },
    signature: { type: 'string', value: 'S', text: 'only pairs that show it' },
  },
  asksAdmin: true,
  examples: [
    'ficus regressions catalog --out regressions.ndjson.gz',
    'ficus replay regressions.ndjson.gz --control-recorded --service http://127.0.0.1:9001',
  ],

  async run({ operands: [id = ''], values: { out, signature }, admin }) {
    if (!out) throw new UsageError('regressions needs --out, such as --out regressions.ndjson.gz');
    if (signature === '') throw new UsageError('--signature is empty: `ficus diffs ID` lists them');
    const query = signature === undefined ? '' : `?signature=${encodeURIComponent(signature)}`;
    await saveStream(await admin().read(migrationPath(id, `/regressions${query}`)), out, { compress: true });
    const { size } = await stat(out);
    return {
      json: { file: out, bytes: size },
      text: `${out}: ${bytesText(size)} of pairs that differ. Replay them with \`ficus replay ${out} …\``,
    };
  },
});
