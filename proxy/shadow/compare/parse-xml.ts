import { readCharacterReference } from './character-references.ts';
import {
  addText,
  type MarkupLimits,
  MarkupProblem,
  NodeCount,
  type OpenElement,
  openRoot,
  type ParsedMarkup,
} from './markup.ts';

/**
 * Reads XML 1.0 with namespaces into its canonical form: prefixes, the order of attributes, comments,
 * processing instructions, CDATA sections and white space between elements mean nothing. A DOCTYPE is
 * refused, so no entity is ever expanded but the five that XML has itself. Never throws.
 */
export function parseXml(text: string, limits: MarkupLimits): ParsedMarkup {
  try {
    return { ok: true, root: new XmlReader(text, limits).readAll() };
  } catch (error) {
    if (error instanceof MarkupProblem) return { ok: false, problem: error.problem, detail: error.message };
    throw error;
  }
}

interface XmlElement extends OpenElement {
  /** With its prefix, as its end tag must have it. */
  readonly qualifiedName: string;
  readonly prefixes: ReadonlyMap<string, string>;
  readonly keepsSpace: boolean;
}

const xmlNamespace = 'http://www.w3.org/XML/1998/namespace';
const schemaInstance = 'http://www.w3.org/2001/XMLSchema-instance';

const maxPrefixes = 500;

const nameAt = /[\p{L}_:][\p{L}\p{N}\p{M}_:.·-]*/uy;
const spaceAt = /[ \t\r\n]+/y;
const onlySpace = /^[ \t\r\n]*$/;

class XmlReader {
  readonly #text: string;
  readonly #count: NodeCount;
  #at = 0;

  constructor(text: string, limits: MarkupLimits) {
    this.#text = text;
    this.#count = new NodeCount(limits);
  }

  readAll(): OpenElement {
    const root: XmlElement = {
      ...openRoot(),
      qualifiedName: '',
      prefixes: new Map([['xml', xmlNamespace]]),
      keepsSpace: false,
    };
    const open: XmlElement[] = [root];
    const text = this.#text;
    if (text.charCodeAt(0) === 0xfeff) this.#at = 1;
    while (this.#at < text.length) {
      const next = text.indexOf('<', this.#at);
      const end = next < 0 ? text.length : next;
      const here = open.at(-1)!;
      if (end > this.#at) {
        addText(here.children, this.#unescaped(text.slice(this.#at, end)));
        this.#count.add(1, open.length);
        this.#at = end;
      }
      if (next >= 0) this.#readMarkup(open);
    }
    if (open.length > 1) throw this.#broken(`<${open.at(-1)!.name.slice(0, 40)}> does not end`);
    return this.#close(root, root);
  }

  #readMarkup(open: XmlElement[]): void {
    const text = this.#text;
    const here = open.at(-1)!;
    if (text.startsWith('<!--', this.#at)) this.#skipTo('-->');
    else if (text.startsWith('<?', this.#at)) this.#skipTo('?>');
    else if (text.startsWith('<![CDATA[', this.#at)) {
      const from = this.#at + 9;
      this.#skipTo(']]>');
      addText(here.children, text.slice(from, this.#at - 3));
    } else if (text.startsWith('<!', this.#at)) {
      throw new MarkupProblem('over-limit', 'XML with a DOCTYPE is not read');
    } else if (text.startsWith('</', this.#at)) {
      this.#at += 2;
      const name = this.#readName();
      this.#skipSpace();
      this.#expect('>');
      if (open.length < 2 || name !== here.qualifiedName) throw this.#broken('an end tag of another element');
      open.pop();
      open.at(-1)!.children.push(this.#close(here, open.at(-1)!));
    } else {
      const { element, isEmpty } = this.#readStartTag(here, open.length);
      if (isEmpty) here.children.push(this.#close(element, here));
      else open.push(element);
    }
  }

  #readStartTag(parent: XmlElement, depth: number): { element: XmlElement; isEmpty: boolean } {
    this.#at++;
    const qualifiedName = this.#readName();
    const written: [name: string, value: string][] = [];
    for (;;) {
      const spaced = this.#skipSpace();
      const isEmpty = this.#text.startsWith('/>', this.#at);
      if (isEmpty || this.#text[this.#at] === '>') {
        this.#at += isEmpty ? 2 : 1;
        this.#count.add(1 + written.length, depth);
        return { element: this.#element(qualifiedName, written, parent), isEmpty };
      }
      if (!spaced) throw this.#broken('white space is expected');
      written.push(this.#readAttribute());
    }
  }

  #readAttribute(): [name: string, value: string] {
    const name = this.#readName();
    this.#skipSpace();
    this.#expect('=');
    this.#skipSpace();
    const quote = this.#text[this.#at];
    if (quote !== '"' && quote !== "'") throw this.#broken('a quote is expected');
    const from = ++this.#at;
    this.#skipTo(quote);
    const raw = this.#text.slice(from, this.#at - 1);
    if (raw.includes('<')) throw this.#broken('"<" in an attribute');
    return [name, this.#unescaped(raw.replace(/[\t\r\n]/g, ' '))];
  }

  #element(
    qualifiedName: string,
    written: readonly (readonly [string, string])[],
    parent: XmlElement,
  ): XmlElement {
    let { prefixes, keepsSpace } = parent;
    const declared = written.filter(([name]) => name === 'xmlns' || name.startsWith('xmlns:'));
    if (declared.length > 0) {
      // Each element that declares one has a copy of all.
      if (prefixes.size + declared.length > maxPrefixes)
        throw new MarkupProblem('over-limit', `too large: over ${maxPrefixes} namespace prefixes`);
      prefixes = new Map([
        ...prefixes,
        ...declared.map(([name, uri]) => [name.slice('xmlns:'.length), uri] as const),
      ]);
    }
    const attributes = new Map<string, string>();
    for (const [name, value] of written) {
      if (name === 'xmlns' || name.startsWith('xmlns:')) continue;
      const { local, namespace } = this.#resolve(name, prefixes, false);
      if (namespace === xmlNamespace && local === 'space') keepsSpace = value === 'preserve';
      const key = namespace === '' ? local : `{${namespace}}${local}`;
      if (attributes.has(key)) throw this.#broken('an attribute is there twice');
      // The one attribute of data whose value has a prefix.
      const isType = namespace === schemaInstance && local === 'type';
      attributes.set(key, isType ? this.#resolvedValue(value, prefixes) : value);
    }
    const { local, namespace } = this.#resolve(qualifiedName, prefixes, true);
    return { name: local, namespace, attributes, children: [], qualifiedName, prefixes, keepsSpace };
  }

  #resolve(name: string, prefixes: ReadonlyMap<string, string>, isElement: boolean) {
    const colon = name.indexOf(':');
    if (colon < 0) return { local: name, namespace: isElement ? (prefixes.get('') ?? '') : '' };
    const namespace = prefixes.get(name.slice(0, colon));
    if (namespace === undefined) throw this.#broken('a prefix without a namespace');
    return { local: name.slice(colon + 1), namespace };
  }

  #resolvedValue(value: string, prefixes: ReadonlyMap<string, string>): string {
    const trimmed = value.trim();
    const colon = trimmed.indexOf(':');
    const namespace = prefixes.get(colon < 0 ? '' : trimmed.slice(0, colon));
    return namespace ? `{${namespace}}${trimmed.slice(colon + 1)}` : trimmed;
  }

  /** Drops white space between elements, unless the document says that it counts. */
  #close(element: XmlElement, parent: XmlElement): OpenElement {
    const { name, namespace, attributes, children, keepsSpace } = element;
    const isRoot = element === parent;
    const hasElements = children.some((child) => typeof child !== 'string');
    const kept =
      hasElements && !keepsSpace
        ? children.filter((child) => typeof child !== 'string' || !onlySpace.test(child))
        : children;
    if (isRoot && (kept.length !== 1 || typeof kept[0] === 'string'))
      throw this.#broken('one element is expected');
    return { name, namespace, attributes, children: kept };
  }

  #unescaped(raw: string): string {
    // Line ends are one character, whatever they were (XML 1.0, section 2.11).
    const text = raw.includes('\r') ? raw.replace(/\r\n?/g, '\n') : raw;
    if (!text.includes('&')) return text;
    return text.replace(/&([^;&]{0,12};?)/g, (whole) => {
      const character = readCharacterReference(whole, 'xml');
      if (character === undefined) throw this.#broken('an unknown entity');
      return character;
    });
  }

  #readName(): string {
    nameAt.lastIndex = this.#at;
    const name = nameAt.exec(this.#text)?.[0];
    if (name === undefined) throw this.#broken('a name is expected');
    this.#at += name.length;
    return name;
  }

  #skipSpace(): boolean {
    spaceAt.lastIndex = this.#at;
    const space = spaceAt.exec(this.#text)?.[0] ?? '';
    this.#at += space.length;
    return space !== '';
  }

  #expect(character: string): void {
    if (this.#text[this.#at] !== character) throw this.#broken(`"${character}" is expected`);
    this.#at++;
  }

  #skipTo(end: string): void {
    const found = this.#text.indexOf(end, this.#at);
    if (found < 0) throw this.#broken(`"${end}" is missing`);
    this.#at = found + end.length;
  }

  #broken(what: string): MarkupProblem {
    const before = this.#text.slice(0, this.#at);
    const line = before.split('\n').length;
    return new MarkupProblem(
      'invalid',
      `line ${line}, column ${this.#at - before.lastIndexOf('\n')}: ${what}`,
    );
  }
}
