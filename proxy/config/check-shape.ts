import type { z } from 'zod';
import { didYouMean } from './did-you-mean.ts';
import { type Path, quote, type Report } from './problem.ts';
import { refused } from './read-yaml.ts';
import { type RoutesConfig, routesJsonSchema, routesSchema } from './schema.ts';
import type { Sound } from './sound.ts';

type Issue = z.core.$ZodIssue;
type Finding = { readonly path: Path; readonly issue: Issue };

/** Reports all that the schema finds wrong, and gives back what is sound. Changes `value`. */
export function checkShape(value: unknown, report: Report): Sound<RoutesConfig> {
  const { error } = routesSchema.safeParse(value, { error: describe });
  const findings = (error?.issues ?? []).flatMap((issue) => flatten(issue, [], value));
  for (const { path, issue } of findings) {
    if (issue.code === 'unrecognized_keys') {
      for (const name of issue.keys) report([...path, name], unknownName(path, name), 'name');
    } else if (valueAt(value, path) !== refused) {
      report(path, issue.message);
    }
  }
  for (const { path, issue } of findings) {
    if (path.length === 0 && issue.code !== 'unrecognized_keys') return {};
    if (issue.code === 'unrecognized_keys') for (const name of issue.keys) remove(value, [...path, name]);
    else remove(value, path);
  }
  return value as Sound<RoutesConfig>;
}

/** A union's issues are those of the alternative that was meant: the one of the value's own type. */
function flatten(issue: Issue, parent: Path, value: unknown): Finding[] {
  const path = [...parent, ...(issue.path as Path)];
  if (issue.code !== 'invalid_union') return [{ path, issue }];
  const meant = issue.errors.find(
    (issues) => !issues.some(({ code, path }) => code === 'invalid_type' && path.length === 0),
  );
  if (!meant) return [{ path, issue }];
  return meant.flatMap((nested) => flatten(nested, path, value));
}

function valueAt(value: unknown, path: Path): unknown {
  let found = value;
  for (const step of path) found = (found as Record<string | number, unknown> | undefined)?.[step];
  return found;
}

function remove(value: unknown, path: Path): void {
  const last = path.at(-1)!;
  const parent = valueAt(value, path.slice(0, -1));
  if (Array.isArray(parent)) parent[last as number] = undefined;
  else if (typeof parent === 'object' && parent !== null) Reflect.deleteProperty(parent, last);
}

function unknownName(path: Path, name: string): string {
  const known = knownNames(path);
  const meant = didYouMean(name, known);
  return `is not a setting${meant || `; possible here: ${known.join(', ')}`}`;
}

type JsonSchema = z.core.JSONSchema.BaseSchema;

function knownNames(path: Path): string[] {
  let schema: JsonSchema | undefined = routesJsonSchema;
  for (const step of path) schema = schema && within(schema, step);
  return Object.keys((schema && objectOf(schema)?.properties) ?? {});
}

function within(schema: JsonSchema, step: string | number): JsonSchema | undefined {
  if (typeof step === 'number') return schema.items as JsonSchema;
  const object = objectOf(schema);
  return (object?.properties?.[step] ?? object?.additionalProperties) as JsonSchema | undefined;
}

const objectOf = (schema: JsonSchema): JsonSchema | undefined =>
  schema.type === 'object'
    ? schema
    : (schema.anyOf?.find((one) => (one as JsonSchema).type === 'object') as JsonSchema | undefined);

/** The issue as the rest of a sentence that begins with the path. */
function describe(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'is missing';
      if (issue.input === null) return `is empty; it must be ${typeNames[issue.expected] ?? issue.expected}`;
      return `must be ${typeNames[issue.expected] ?? issue.expected}, not ${kindOf(issue.input)}`;
    case 'invalid_value': {
      const values = issue.values.map(String);
      const meant = typeof issue.input === 'string' ? didYouMean(issue.input, values) : '';
      if (values.length === 1) return `must be ${values[0]}, not ${quote(issue.input)}`;
      return `${quote(issue.input)} is none of ${values.join(', ')}${meant}`;
    }
    case 'too_small':
      if (issue.origin === 'string' || issue.origin === 'array') return 'must not be empty';
      return `must be ${issue.inclusive ? 'at least' : 'over'} ${issue.minimum}, not ${quote(issue.input)}`;
    case 'too_big':
      if (issue.origin === 'string') return `must be at most ${issue.maximum} characters`;
      return `must be at most ${issue.maximum}, not ${quote(issue.input)}`;
    default:
      return issue.message ?? 'is not valid';
  }
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping of settings',
  record: 'a mapping of names',
};

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value === 'string') return `the text ${quote(value)}`;
  return quote(value);
}
