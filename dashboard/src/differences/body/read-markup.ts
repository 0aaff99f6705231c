import { type ContentIds, cutNote, rootOf, type StoredNode, type StoredTree } from './stored-node.ts';

const startTag = /<([^\s<>/="]+)((?:\s[^\s=<>"]+="[^"]*")*)\s*(\/?)>/y;
const endTag = /<\/[^<>]*>/y;
const betweenTags = /[^<]+/y;
const maxDepth = 250;

interface OpenElement {
  readonly name: string;
  readonly tag: string;
  readonly children: StoredNode[];
  /** How many of each name there are by now. */
  readonly names: Map<string, number>;
}

/**
 * Markup as Ficus stores it: elements and texts a line each, every `<` of a text escaped. It is read to be shown as
 * lines of text, and never becomes elements of the page. Undefined for what is none.
 */
export function readMarkup(stored: string, ids: ContentIds): StoredTree | undefined {
  const isCut = stored.endsWith(cutNote);
  const text = isCut ? stored.slice(0, -cutNote.length) : stored;
  const open: OpenElement[] = [newElement('', '')];
  for (let at = 0; at < text.length; ) {
    const here = open.at(-1)!;
    const between = takeAt(betweenTags, text, at);
    if (between) {
      addText(here, between[0], ids);
      at += between[0].length;
      continue;
    }
    const end = takeAt(endTag, text, at);
    const start = end ? undefined : takeAt(startTag, text, at);
    if (end) {
      if (open.length === 1) return undefined;
      open.pop();
      addElement(open.at(-1)!, here, end[0], ids);
      at += end[0].length;
    } else if (start) {
      const [tag, name = '', , slash] = start;
      if (slash === '/') addElement(here, newElement(name, tag), undefined, ids);
      else open.push(newElement(name, tag));
      if (open.length > maxDepth) return undefined;
      at += tag.length;
    } else if (isCut) break;
    else return undefined;
  }
  if (open.length > 1 && !isCut) return undefined;
  while (open.length > 1) {
    const last = open.pop()!;
    addElement(open.at(-1)!, last, `</${last.name}>`, ids);
  }
  const { children } = open[0]!;
  return children.length === 0 ? undefined : { root: rootOf(withSteps(children), ids), isCut };
}

function newElement(name: string, tag: string): OpenElement {
  return { name, tag, children: [], names: new Map() };
}

function takeAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}

/** White space beside tags is the indentation that storing gave it. */
function addText({ children }: OpenElement, raw: string, ids: ContentIds): void {
  for (const line of raw.split('\n')) {
    const head = line.trim();
    if (head === '') continue;
    const id = ids.of(`#${head}`);
    children.push({ step: '#text', head, children: [], below: 'elements', sort: '#text', id, separator: '' });
  }
}

function addElement(
  parent: OpenElement,
  element: OpenElement,
  end: string | undefined,
  ids: ContentIds,
): void {
  const { name, tag } = element;
  const before = parent.names.get(name) ?? 0;
  parent.names.set(name, before + 1);
  const children = withSteps(element.children);
  const id = ids.of(`${tag}${children.map((child) => child.id).join()}`);
  const [only] = children;
  const base = { step: `${name}[${before + 1}]`, below: 'elements', sort: name, id, separator: '' } as const;
  if (end === undefined || only === undefined)
    parent.children.push({ ...base, head: tag + (end ?? ''), children: [] });
  else if (children.length === 1 && only.sort === '#text')
    parent.children.push({ ...base, head: `${tag}${only.head}${end}`, children: [] });
  else parent.children.push({ ...base, head: tag, tail: end, children });
}

/** A name that stands once among its siblings has no number, as places have it. */
function withSteps(children: readonly StoredNode[]): StoredNode[] {
  const twice = new Set(children.filter(({ step }) => step.endsWith('[2]')).map(({ sort }) => sort));
  return children.map((child) =>
    child.sort === '#text' || twice.has(child.sort) ? child : { ...child, step: child.sort },
  );
}
