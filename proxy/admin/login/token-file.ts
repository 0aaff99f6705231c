import { parseDocument } from 'yaml';
import { z } from 'zod';
import { roles } from './roles.ts';

const maxFileBytes = 1_048_576;

const tokenSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[\w.@-]{1,48}$/, 'must be 1 to 48 letters, digits and . @ - _, as it will stand in the audit'),
  role: z.enum(roles, `must be one of ${roles.join(', ')}`),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be the SHA-256 of the token, 64 lower-case hex digits'),
  expires: z.iso.date('must be a date such as 2027-01-31').optional(),
});

const fileSchema = z.strictObject({ tokens: z.array(tokenSchema).max(1000) });

/** One token of the file; the token itself is nowhere but with whoever uses it. */
export type KnownToken = z.infer<typeof tokenSchema>;

/** What is wrong with a tokens file, one sentence each. */
export class TokenFileError extends Error {
  readonly problems: readonly string[];

  constructor(file: string, problems: readonly string[]) {
    super(`the tokens file ${file} is refused: ${problems.join('; ')}`);
    this.problems = problems;
  }
}

/** Reads the YAML (or JSON) text of a tokens file. Throws a `TokenFileError` with every problem. */
export function readTokenFile(file: string, text: string): readonly KnownToken[] {
  if (text.length > maxFileBytes) throw new TokenFileError(file, [`it is over ${maxFileBytes} bytes`]);
  let content: unknown;
  try {
    const document = parseDocument(text, { uniqueKeys: true });
    const [error] = document.errors;
    if (error) throw error;
    content = document.toJS({ maxAliasCount: 0 });
  } catch (error) {
    throw new TokenFileError(file, [`it is no YAML: ${(error as Error).message.split('\n')[0]}`]);
  }
  const parsed = fileSchema.safeParse(content);
  if (!parsed.success) {
    throw new TokenFileError(
      file,
      parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the file'}: ${message}`),
    );
  }
  const { tokens } = parsed.data;
  const twice = tokens.filter(({ name }, at) => tokens.findIndex((other) => other.name === name) !== at);
  if (twice.length > 0) {
    throw new TokenFileError(
      file,
      twice.map(({ name }) => `the name ${name} is there twice: the audit could not tell them apart`),
    );
  }
  return tokens;
}
