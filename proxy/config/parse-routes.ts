import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { RoutingModel } from '../routing/model.ts';
import { checkShape } from './check-shape.ts';
import { compileRoutes } from './compile-routes.ts';
import type { Secrets } from './compile-upstream.ts';
import type { Problem, Report } from './problem.ts';
import { readYaml } from './read-yaml.ts';

export interface ParseOptions {
  /** The name that problems carry. */
  readonly file: string;
  /** What paths in the file are relative to. */
  readonly baseDir: string;
  /** Reads certificates and keys; throws like `readFileSync`. */
  readonly readFile?: (path: string) => string;
  /** Without them, what the file takes from the environment is left out. */
  readonly secrets?: Secrets | undefined;
}

export type ParsedRoutes =
  | { readonly ok: true; readonly model: RoutingModel; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Reads routes.yaml: a frozen model, or every problem with its place, in the order of the file. */
export function parseRoutes(text: string, options: ParseOptions): ParsedRoutes {
  const { file, baseDir, readFile = (path) => readFileSync(path, 'utf8'), secrets } = options;
  const yaml = readYaml(file, text);
  const problems = [...yaml.problems];
  const warnings: Problem[] = [];
  if (yaml.value === undefined) return { ok: false, problems: problems.sort(byPlace) };
  const report: Report = (...found) => problems.push(yaml.problemAt(...found));
  const warn: Report = (...found) => warnings.push(yaml.problemAt(...found));

  const upstreamNames = namesIn(yaml.value, 'upstreams');
  const config = checkShape(yaml.value, report);
  const placeOf = (path: readonly (string | number)[]) => {
    const { line, column } = yaml.problemAt(path, '');
    return `${file}:${line}:${column}`;
  };
  const model = compileRoutes(config, {
    files: { baseDir, readFile, secrets },
    upstreamNames,
    placeOf,
    report,
    warn,
  });
  if (problems.length > 0) return { ok: false, problems: problems.sort(byPlace) };
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 12);
  return { ok: true, model: deepFreeze({ ...model, hash }), warnings: warnings.sort(byPlace) };
}

function namesIn(value: unknown, section: string): string[] {
  const found = typeof value === 'object' && value !== null && (value as Record<string, unknown>)[section];
  return typeof found === 'object' && found !== null ? Object.keys(found) : [];
}

const byPlace = (a: Problem, b: Problem) => a.line - b.line || a.column - b.column;

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}
