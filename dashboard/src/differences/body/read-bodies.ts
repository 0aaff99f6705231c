import { type AlignedRows, alignTrees } from './align-trees.ts';
import { readJson } from './read-json.ts';
import { readLines } from './read-lines.ts';
import { readMarkup } from './read-markup.ts';
import { ContentIds, cutNote, type StoredTree } from './stored-node.ts';

export interface StoredBody {
  /** Names and values in turn. */
  readonly headers: readonly string[];
  readonly body: string;
}

export type BodyForm = 'JSON' | 'markup' | 'form' | 'text';

/** Both bodies of a pair, line by line beside each other, or why they are not. */
export type ReadBodies =
  | { readonly form: BodyForm; readonly aligned: AlignedRows; readonly isCut: boolean }
  | { readonly form: undefined; readonly why: string };

export function readBodies(monolith: StoredBody, service: StoredBody): ReadBodies {
  const notes = [noteOf(monolith.body), noteOf(service.body)];
  if (notes.some((note) => note !== undefined))
    return {
      form: undefined,
      why: 'Of a body that was not kept or not read there are no lines to set side by side.',
    };
  const ids = new ContentIds();
  for (const form of formsOf(monolith, service)) {
    const trees = [readAs(form, monolith.body, ids), readAs(form, service.body, ids)];
    const [left, right] = trees;
    if (left && right)
      return { form, aligned: alignTrees(left.root, right.root), isCut: left.isCut || right.isCut };
  }
  return { form: undefined, why: 'The two are of different types: there are no lines that belong together.' };
}

/** What can be tried, the best first. An empty body is one without lines of whatever the other side's is. */
function formsOf(monolith: StoredBody, service: StoredBody): BodyForm[] {
  const types = [monolith, service].filter(({ body }) => body !== '').map(typeOf);
  const all = (pattern: RegExp) => types.every((type) => pattern.test(type));
  const forms: BodyForm[] = ['JSON'];
  if (all(/html|[/+]xml$/)) forms.push('markup');
  if (all(/x-www-form-urlencoded$/)) forms.push('form');
  // A multipart body and what looks like JSON but is none were stored as JSON, too; as lines they are of some use.
  if (types.length < 2 || types[0] === types[1] || all(/^text\//)) forms.push('text');
  return forms;
}

function readAs(form: BodyForm, body: string, ids: ContentIds): StoredTree | undefined {
  if (body === '') return { isCut: false };
  switch (form) {
    case 'JSON':
      return readJson(body, ids);
    case 'markup':
      return readMarkup(body, ids);
    case 'form':
    case 'text':
      return readLines(body, ids, form === 'form');
  }
}

function typeOf({ headers }: StoredBody): string {
  const at = headers.findIndex((text, index) => index % 2 === 0 && text.toLowerCase() === 'content-type');
  return at < 0 ? '' : (headers[at + 1]!.split(';')[0] ?? '').trim().toLowerCase();
}

/** `<1048577 bytes, not kept: over 1048576 bytes>`, `<image/png, 512 bytes, digest …>`, `<9 bytes, not read: …>`. */
const note = /^<(?:(\d+) bytes, not (kept|read): (.+)|(.+), (\d+) bytes, digest (\S+))>$/s;

/** What stands in a body's place, as a sentence; undefined where the body itself does. */
export function noteOf(body: string): string | undefined {
  if (body.length > 1_000) return undefined;
  const [, bytes, how, why, what, size, digest] = note.exec(body) ?? [];
  if (bytes !== undefined) return `${Number(bytes).toLocaleString('en')} bytes, not ${how}: ${why}.`;
  if (size === undefined) return undefined;
  return `${what}, ${Number(size).toLocaleString('en')} bytes, compared as bytes; their digest is ${digest}.`;
}

/** Undefined where all of it was stored. */
export function cutSentence(body: string): string | undefined {
  if (!body.endsWith(cutNote)) return undefined;
  const kept = (body.length - cutNote.length).toLocaleString('en');
  return `Only its first ${kept} characters were stored. The comparison saw all of it.`;
}
