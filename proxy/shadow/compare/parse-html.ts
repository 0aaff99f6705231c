import { readCharacterReference } from './character-references.ts';
import {
  addText,
  type MarkupLimits,
  type MarkupNode,
  MarkupProblem,
  NodeCount,
  type OpenElement,
  openRoot,
  type ParsedMarkup,
} from './markup.ts';

/**
 * Reads a page tolerantly into elements and texts. Comments, the doctype, white space beside tags, the case
 * of names, the order of attributes and of classes mean nothing; end tags may be left out as HTML allows.
 * Not a browser's parser: it repairs nothing, which is as well, since a repair hides what differs.
 */
export function parseHtml(text: string, limits: MarkupLimits): ParsedMarkup {
  try {
    return { ok: true, root: new HtmlReader(text, limits).readAll() };
  } catch (error) {
    if (error instanceof MarkupProblem) return { ok: false, problem: error.problem, detail: error.message };
    throw error;
  }
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** HTML, section 13.1.2: elements without an end tag. */
const voidElements = words('area base br col embed hr img input link meta source track wbr');
/** What is in them is text up to their end tag. */
const rawElements = words('script style textarea title xmp iframe noembed noframes');
/** Their white space is what people see. */
const spacedElements = words('pre textarea script style xmp');
const blocks =
  'address article aside blockquote div dl fieldset footer form h1 h2 h3 h4 h5 h6 header hr main nav ol p pre section table ul';

/** A start tag of these ends the open element named, as far as the element that holds both (section 13.1.2.4). */
const impliedEnds: readonly {
  readonly starts: ReadonlySet<string>;
  readonly ends: ReadonlySet<string>;
  readonly within: ReadonlySet<string>;
}[] = [
  { starts: words('li'), ends: words('li'), within: words('ul ol menu') },
  { starts: words('dt dd'), ends: words('dt dd'), within: words('dl') },
  { starts: words('option optgroup'), ends: words('option'), within: words('select datalist') },
  { starts: words('td th'), ends: words('td th'), within: words('tr table') },
  { starts: words('tr'), ends: words('tr td th'), within: words('table tbody thead tfoot') },
  { starts: words('tbody thead tfoot'), ends: words('tbody thead tfoot tr td th'), within: words('table') },
  { starts: words(blocks), ends: words('p'), within: words('div section article td th li body button') },
  { starts: words('body'), ends: words('head'), within: words('html') },
];

const tagName = /[a-zA-Z][^\s/>]*/y;
const attribute = /[\s/]*([^\s/>=]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s>"']*))?/y;

class HtmlReader {
  readonly #text: string;
  readonly #count: NodeCount;
  readonly #open: OpenElement[] = [openRoot()];
  #at = 0;

  constructor(text: string, limits: MarkupLimits) {
    this.#text = text;
    this.#count = new NodeCount(limits);
  }

  readAll(): OpenElement {
    const text = this.#text;
    while (this.#at < text.length) {
      const next = text.indexOf('<', this.#at);
      const end = next < 0 ? text.length : next;
      this.#addText(text.slice(this.#at, end), true);
      this.#at = end;
      if (next >= 0) this.#readMarkup();
    }
    while (this.#open.length > 1) this.#close();
    return finished(this.#open[0]!);
  }

  #readMarkup(): void {
    const text = this.#text;
    const following = text[this.#at + 1] ?? '';
    if (text.startsWith('<!--', this.#at)) this.#skipPast('-->');
    else if (following === '!' || following === '?') this.#skipPast('>');
    else if (following === '/') this.#readEndTag();
    else if (/[a-zA-Z]/.test(following)) this.#readStartTag();
    else {
      this.#addText('<', false);
      this.#at++;
    }
  }

  #readEndTag(): void {
    tagName.lastIndex = this.#at + 2;
    const name = tagName.exec(this.#text)?.[0].toLowerCase();
    this.#skipPast('>');
    if (name === undefined) return;
    const at = this.#open.findLastIndex((element) => element.name === name);
    if (at < 1) return;
    while (this.#open.length > at) this.#close();
  }

  #readStartTag(): void {
    tagName.lastIndex = this.#at + 1;
    const name = tagName.exec(this.#text)![0].toLowerCase();
    this.#at += 1 + name.length;
    const attributes = this.#readAttributes();
    this.#endImplied(name);
    this.#open.push({ name, namespace: '', attributes, children: [] });
    this.#count.add(1 + attributes.size, this.#open.length);
    const closesItself = this.#text[this.#at - 1] === '/';
    if (this.#text[this.#at] === '>') this.#at++;
    if (rawElements.has(name)) this.#readRaw(name);
    // `<circle/>`: in SVG and MathML a slash ends the element; elsewhere a browser does not care.
    else if (voidElements.has(name) || (closesItself && this.#isForeign())) this.#close();
  }

  #isForeign(): boolean {
    return this.#open.some(({ name }) => name === 'svg' || name === 'math');
  }

  #readAttributes(): ReadonlyMap<string, string> {
    const attributes = new Map<string, string>();
    for (;;) {
      attribute.lastIndex = this.#at;
      const found = attribute.exec(this.#text);
      if (found === null) break;
      this.#at = attribute.lastIndex;
      const name = found[1]!.toLowerCase();
      if (attributes.has(name)) continue;
      const written = found[2] ?? '';
      const value = /^["']/.test(written) ? written.slice(1, -1) : written;
      attributes.set(name, attributeValue(name, unescaped(value)));
    }
    const end = this.#text.indexOf('>', this.#at);
    this.#at = end < 0 ? this.#text.length : end;
    return attributes;
  }

  #readRaw(name: string): void {
    const end = new RegExp(`</${name}(?=[\\s/>])`, 'gi');
    end.lastIndex = this.#at;
    const at = end.exec(this.#text)?.index ?? this.#text.length;
    const raw = this.#text.slice(this.#at, at);
    const isText = name === 'textarea' || name === 'title';
    addText(this.#open.at(-1)!.children, isText ? unescaped(raw) : raw);
    this.#at = at;
    this.#close();
    if (at < this.#text.length) this.#skipPast('>');
  }

  #endImplied(name: string): void {
    for (const { starts, ends, within } of impliedEnds) {
      if (!starts.has(name)) continue;
      for (;;) {
        const at = this.#open.findLastIndex((open) => ends.has(open.name) || within.has(open.name));
        if (at < 1 || !ends.has(this.#open[at]!.name)) break;
        while (this.#open.length > at) this.#close();
      }
    }
  }

  #addText(raw: string, escapes: boolean): void {
    if (raw === '') return;
    this.#count.add(1, this.#open.length);
    addText(this.#open.at(-1)!.children, escapes ? unescaped(raw) : raw);
  }

  #close(): void {
    const element = this.#open.pop()!;
    const keepsSpace = this.#open.some(({ name }) => spacedElements.has(name));
    this.#open.at(-1)!.children.push(keepsSpace ? element : finished(element));
  }

  #skipPast(end: string): void {
    const found = this.#text.indexOf(end, this.#at);
    this.#at = found < 0 ? this.#text.length : found + end.length;
  }
}

function finished(element: OpenElement): OpenElement {
  if (spacedElements.has(element.name)) {
    const children = element.children.map((child) => (typeof child === 'string' ? child.trim() : child));
    return { ...element, children: children.filter((child) => child !== '') };
  }
  const children = element.children.flatMap((child): MarkupNode[] => {
    if (typeof child !== 'string') return [child];
    const text = child.replace(/[ \t\r\n\f]+/g, ' ').replace(/^ | $/g, '');
    return text === '' ? [] : [text];
  });
  return { ...element, children };
}

function attributeValue(name: string, value: string): string {
  if (name === 'class') return [...new Set(value.split(/\s+/).filter(Boolean))].sort().join(' ');
  // `disabled`, `disabled=""` and `disabled="disabled"` say the same.
  return value.toLowerCase() === name ? '' : value;
}

function unescaped(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&[#\w]{1,12};/g, (whole) => readCharacterReference(whole, 'html') ?? whole);
}
