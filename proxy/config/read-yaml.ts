import {
  Composer,
  CST,
  Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  type ParsedNode,
  Parser,
  type YAMLError,
} from 'yaml';
import { formatPath, type Path, type Problem, quote } from './problem.ts';

export const maxFileBytes = 1_048_576;
const maxDepth = 32;
/** More of them are echoes of the first. */
const maxSyntaxProblems = 20;

/** Stands where the file has something that was refused, so that it is not reported a second time. */
export const refused = Symbol('refused');

/** A routes.yaml as plain data, with the place of every value. */
export interface YamlFile {
  /** Objects have no prototype. Undefined when the file could not be read as YAML at all. */
  readonly value: unknown;
  readonly problems: readonly Problem[];
  problemAt(path: Path, message: string, part?: 'name' | 'value'): Problem;
}

/**
 * Reads one YAML 1.2 document without anchors, aliases, tags, merge keys and directives: what a person
 * needs to write routes, and nothing that makes a small file large or a name something else.
 */
export function readYaml(file: string, source: string): YamlFile {
  const text = source.startsWith('\ufeff') ? source.slice(1) : source;
  const places = new Places(file, text);
  const problem = (offset: number, path: Path, message: string) => places.problem(offset, path, message);
  const unreadable = (problems: Problem[]): YamlFile => ({
    value: undefined,
    problems,
    problemAt: (path, message, part) => places.problemAt(path, message, part),
  });

  const unfit = findUnfit(text);
  if (unfit) return unreadable([problem(unfit.offset, [], unfit.message)]);
  try {
    const { tokens, findings, givenUp } = parseTokens(text);
    const problems = findings.map(({ offset, message }) => problem(offset, [], message));
    if (givenUp) return unreadable(problems);

    const [document, second] = compose(tokens, text.length);
    if (second) {
      problems.push(problem(second.range[0], [], 'is a second YAML document; a routes file has one'));
    }
    const errors = withoutEchoes(document?.errors ?? [], places);
    for (const error of errors) {
      problems.push(
        problem(error.pos[0], [], `is not valid YAML: ${firstLine(error.message)}${hint(error)}`),
      );
    }
    if (errors.length > 0 || second) return unreadable(problems);

    const value = toPlain(document?.contents ?? null, [], places, problems);
    return { value, problems, problemAt: (path, message, part) => places.problemAt(path, message, part) };
  } catch (error) {
    // The YAML library has overflowed its stack before (CVE-2026-33532); no file may end the process.
    return unreadable([problem(0, [], `could not be read as YAML: ${firstLine(String(error))}`)]);
  }
}

interface Finding {
  readonly offset: number;
  readonly message: string;
}

/** What tells before parsing that this is no routes file. */
function findUnfit(text: string): Finding | undefined {
  // A UTF-16 unit is at least a byte.
  if (text.length > maxFileBytes || Buffer.byteLength(text) > maxFileBytes) {
    return { offset: 0, message: `is over ${maxFileBytes} bytes; is this the right file?` };
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/.exec(text);
  if (control) {
    const code = control[0].charCodeAt(0).toString(16).padStart(2, '0');
    return { offset: control.index, message: `has the control character 0x${code}; a routes file is text` };
  }
  if (text.trim() === '') return { offset: 0, message: 'is empty; it needs at least upstreams and default' };
  return undefined;
}

interface Tokens {
  readonly tokens: readonly CST.Token[];
  readonly findings: readonly Finding[];
  /** Set when the rest was not worth reading, or not safe: nested too deep for what recurses into it. */
  readonly givenUp: boolean;
}

function parseTokens(text: string): Tokens {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  const findings: Finding[] = [];
  let errors = 0;
  let scalarFollows = false;
  for (const lexeme of new Lexer().lex(text)) {
    const message = scalarFollows ? undefined : refusedSyntax(lexeme);
    if (message !== undefined) findings.push({ offset: parser.offset, message });
    if (findings.length >= maxSyntaxProblems) return { tokens, findings, givenUp: true };
    scalarFollows = lexeme === CST.SCALAR;
    for (const token of parser.next(lexeme)) {
      tokens.push(token);
      if (token.type === 'error') errors++;
    }
    if (errors > maxSyntaxProblems) break;
    if (parser.stack.length > maxDepth && parser.stack.filter(CST.isCollection).length > maxDepth) {
      findings.push({ offset: parser.offset - 1, message: `is nested deeper than ${maxDepth} levels here` });
      return { tokens, findings, givenUp: true };
    }
  }
  tokens.push(...parser.end());
  return { tokens, findings, givenUp: false };
}

/** One problem a line, and none for what follows from an earlier one. */
function withoutEchoes(errors: readonly YAMLError[], places: Places): YAMLError[] {
  let lastLine = 0;
  const own = errors.filter((error, index) => {
    const { line } = places.problem(error.pos[0], [], '');
    const echoes = line === lastLine || (index > 0 && error.message.includes(' in YAML stream'));
    lastLine = line;
    return !echoes;
  });
  return own.slice(0, maxSyntaxProblems);
}

/** What people trip over most: in `[GET /orders/{id}]` the braces begin a mapping. */
function hint({ message }: YAMLError): string {
  const isFlow = message.startsWith('Missing , or :') || message.startsWith('Unexpected flow-map-start');
  return isFlow ? '; within [ ] and { } a text that has any of [ ] { } , needs quotes' : '';
}

function refusedSyntax(lexeme: string): string | undefined {
  switch (CST.tokenType(lexeme)) {
    case 'anchor':
      return `has the anchor ${quote(lexeme)}; anchors are off here: write the settings out`;
    case 'alias':
      if (lexeme === '*') return 'begins with *, which YAML takes for an alias: put the route in quotes';
      return `has the alias ${quote(lexeme)}; aliases are off here: write the settings out`;
    case 'tag':
      return `has the tag ${quote(lexeme)}; tags are off here: take it out`;
    case 'directive-line':
      return `has the directive ${quote(lexeme.trim())}; directives are off here: take it out`;
    default:
      return undefined;
  }
}

function compose(tokens: Iterable<CST.Token>, end: number): Document.Parsed<ParsedNode>[] {
  const composer = new Composer<ParsedNode>({
    version: '1.2',
    schema: 'core',
    merge: false,
    resolveKnownTags: false,
    stringKeys: true,
    prettyErrors: false,
    logLevel: 'silent',
    // Ours is faster than the library's, which compares each with each, and says where the first one is.
    uniqueKeys: false,
  });
  return [...composer.compose(tokens, true, end)].filter((document) => document instanceof Document);
}

/** Depth is bounded by what `parseTokens` lets through. */
function toPlain(node: ParsedNode | null, path: Path, places: Places, problems: Problem[]): unknown {
  if (node === null) return null;
  places.setValue(path, node.range[0]);
  if (isAlias(node)) return refused;
  if (isScalar(node)) return node.value;
  if (isSeq<ParsedNode>(node)) {
    return node.items.map((item, index) => toPlain(item, [...path, index], places, problems));
  }
  if (!isMap<ParsedNode, ParsedNode | null>(node)) return refused;
  const plain: Record<string, unknown> = Object.create(null);
  for (const { key, value } of node.items) {
    // `stringKeys` has made every other key a syntax problem.
    const name = isScalar(key) ? String(key.value) : '';
    const offset = key.range[0];
    const namePath = [...path, name];
    const message = refusedName(name) ?? (name in plain ? repeated(namePath, places) : undefined);
    if (message !== undefined) {
      problems.push(places.problem(offset, namePath, message));
      continue;
    }
    places.setName(namePath, offset);
    plain[name] = toPlain(value, namePath, places, problems);
  }
  return plain;
}

function refusedName(name: string): string | undefined {
  if (name === '<<') return 'is a merge key; merge keys are off here: write the settings out';
  const special = name === '__proto__' || name === 'constructor' || name === 'prototype';
  return special ? 'is not allowed as a name' : undefined;
}

function repeated(path: Path, places: Places): string {
  const { line, column } = places.problemAt(path, '', 'name');
  return `is there twice; the first one is at ${line}:${column}`;
}

const firstLine = (text: string) => text.split('\n', 1)[0]!;

/** Offsets of names and values by path, and lines and columns by offset. */
class Places {
  readonly #file: string;
  readonly #lineStarts: number[] = [0];
  readonly #names = new Map<string, number>();
  readonly #values = new Map<string, number>();

  constructor(file: string, text: string) {
    this.#file = file;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.#lineStarts.push(at + 1);
  }

  setName(path: Path, offset: number): void {
    this.#names.set(JSON.stringify(path), offset);
  }

  setValue(path: Path, offset: number): void {
    this.#values.set(JSON.stringify(path), offset);
  }

  problem(offset: number, path: Path, message: string): Problem {
    let line = 0;
    for (let step = 1 << 20; step > 0; step >>= 1) {
      if ((this.#lineStarts[line + step] ?? Number.POSITIVE_INFINITY) <= offset) line += step;
    }
    const column = offset - this.#lineStarts[line]! + 1;
    return { file: this.#file, line: line + 1, column, path: formatPath(path), message };
  }

  /** What is absent is reported at the name of what it is absent from. */
  problemAt(path: Path, message: string, part: 'name' | 'value' = 'value'): Problem {
    let offset: number | undefined;
    for (let length = path.length; offset === undefined && length >= 0; length--) {
      const key = JSON.stringify(path.slice(0, length));
      const inside = length < path.length;
      offset = part === 'name' || inside ? this.#names.get(key) : this.#values.get(key);
      offset ??= this.#values.get(key);
    }
    return this.problem(offset ?? 0, path, message);
  }
}
