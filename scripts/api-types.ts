import { compile, type JSONSchema } from 'json-schema-to-typescript';
import { parse } from 'yaml';

const banner = '/** Made of openapi.yaml by `npm run api-types`: change that, not this. */';
const root = 'Root';

/** TypeScript for every named schema of an OpenAPI document, in its order. Nothing in it can be written to. */
export async function apiTypesOf(openApiYaml: string): Promise<string> {
  const { components } = parse(openApiYaml);
  const definitions = asDefinitions(components.schemas) as NonNullable<JSONSchema['definitions']>;
  const text = await compile({ definitions }, root, {
    // An object has what is said of it; one that may have anything says so.
    additionalProperties: false,
    bannerComment: banner,
    ignoreMinAndMaxItems: true,
    strictIndexSignatures: false,
    unknownAny: true,
    unreachableDefinitions: true,
    style: { singleQuote: true, printWidth: 110 },
  });
  return readonlyEverywhere(withoutRoot(text));
}

/** What is said beside a reference is left out: it would make another type of it. */
function asDefinitions(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asDefinitions);
  if (typeof value !== 'object' || value === null) return value;
  if ('$ref' in value) {
    return { $ref: String(value.$ref).replace('#/components/schemas/', '#/definitions/') };
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, asDefinitions(inner)]));
}

/** The compiler wants one schema around all others, and says so at each. */
function withoutRoot(text: string): string {
  return text
    .replace(/\/\*\*\n \* This interface was referenced by [^\n]*\n \* via [^\n]*\n \*\/\n/g, '')
    .replace(/ \*\n \* This interface was referenced by [^\n]*\n \* via [^\n]*\n/g, '')
    .replace(new RegExp(`export interface ${root} \\{[^}]*\\}\\n`), '');
}

function readonlyEverywhere(text: string): string {
  const lines = text.split('\n').map((line) => line.replace(/^(\s+)(?=[\w$'[][^:*]*\??: )/, '$1readonly '));
  for (const [at, line] of lines.entries()) {
    const [, indent] = /^(\s*)(?:\}|\))\[\];$/.exec(line) ?? [];
    const opens =
      indent === undefined ? at : lines.findLastIndex((one, i) => i < at && startsAt(one, indent));
    if (indent !== undefined || /\[\];$/.test(line)) {
      lines[opens] = lines[opens]!.replace(/(: |= )(?=[^:=]*$)/, '$1readonly ');
    }
  }
  return lines.join('\n');
}

const startsAt = (line: string, indent: string) =>
  line.startsWith(indent) && /^\S/.test(line.slice(indent.length));
