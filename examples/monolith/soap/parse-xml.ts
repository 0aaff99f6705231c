export type XmlElement = {
  /** Without its prefix, which only stands for the namespace. */
  name: string;
  namespace: string;
  /** By name, or by `{namespace}name` for those with a prefix. */
  attributes: ReadonlyMap<string, string>;
  children: XmlElement[];
  /** The text directly inside, without the children's. */
  text: string;
};

/** A document that is not well-formed, or that asks for more than SOAP 1.1 allows. */
export class XmlError extends Error {}

type Prefixes = ReadonlyMap<string, string>;
type Open = { element: XmlElement; tag: string; prefixes: Prefixes };

const MAX_DEPTH = 50;
/** A comment, CDATA, an instruction, a tag, or the text up to the next of them. */
const token =
  /<!--([\s\S]*?)-->|<!\[CDATA\[([\s\S]*?)\]\]>|<\?[\s\S]*?\?>|<(\/?)([\w:.-]+)((?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|([^<]+)/gy;
const attribute = /([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

/** The root element. No DTD is read, so there are no entities that blow up or fetch files; SOAP 1.1 section 3 forbids them. */
export function parseXml(source: string): XmlElement {
  const open: Open[] = [];
  let root: XmlElement | undefined;
  token.lastIndex = 0;
  while (token.lastIndex < source.length) {
    const start = token.lastIndex;
    const match = token.exec(source);
    if (match === null) throw new XmlError(`Malformed XML at character ${start}`);
    const [, , cdata, closing, tag, attributes = '', selfClosing, text] = match;
    const parent = open.at(-1);
    if (tag !== undefined && closing === '/') {
      if (parent?.tag !== tag) throw new XmlError(`</${tag}> closes nothing`);
      open.pop();
    } else if (tag !== undefined) {
      if (root !== undefined && parent === undefined) throw new XmlError(`<${tag}> follows the root element`);
      if (open.length === MAX_DEPTH) throw new XmlError(`Elements are nested more than ${MAX_DEPTH} deep`);
      const opened = openElement(tag, attributes, parent?.prefixes ?? new Map());
      parent?.element.children.push(opened.element);
      root ??= opened.element;
      if (selfClosing === '') open.push(opened);
    } else if (parent !== undefined) {
      parent.element.text += cdata ?? decodeReferences(text ?? '');
    } else if ((cdata ?? text ?? '').trim() !== '') {
      throw new XmlError('Text stands outside of the root element');
    }
  }
  if (root === undefined || open.length > 0) throw new XmlError('The XML ends too early');
  return root;
}

function openElement(tag: string, attributeText: string, outer: Prefixes): Open {
  const written = [...attributeText.matchAll(attribute)].map(
    ([, name = '', double, single]) => [name, decodeReferences(double ?? single ?? '')] as const,
  );
  const prefixes = new Map(outer);
  for (const [name, value] of written) {
    if (name === 'xmlns') prefixes.set('', value);
    else if (name.startsWith('xmlns:')) prefixes.set(name.slice(6), value);
  }
  const attributes = new Map(
    written.map(([name, value]) => {
      const { prefix, local } = splitName(name);
      return [
        prefix === '' || prefix === 'xmlns' ? name : `{${namespaceOf(prefix, prefixes)}}${local}`,
        value,
      ];
    }),
  );
  const { prefix, local } = splitName(tag);
  const namespace = prefix === '' ? (prefixes.get('') ?? '') : namespaceOf(prefix, prefixes);
  return { tag, prefixes, element: { name: local, namespace, attributes, children: [], text: '' } };
}

function splitName(name: string): { prefix: string; local: string } {
  const colon = name.indexOf(':');
  return { prefix: name.slice(0, Math.max(0, colon)), local: name.slice(colon + 1) };
}

function namespaceOf(prefix: string, prefixes: Prefixes): string {
  const namespace = prefix === 'xml' ? 'http://www.w3.org/XML/1998/namespace' : prefixes.get(prefix);
  if (namespace === undefined) throw new XmlError(`Prefix ${prefix} stands for no namespace`);
  return namespace;
}

const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decodeReferences(text: string): string {
  return text.replace(/&([^;&]*);?/g, (reference, name: string) => {
    const codePoint = name.startsWith('#x') ? Number(`0x${name.slice(2)}`) : Number(name.slice(1));
    const decoded = name.startsWith('#') ? characterOf(codePoint) : named[name];
    if (decoded === undefined || !reference.endsWith(';')) throw new XmlError(`${reference} is no reference`);
    return decoded;
  });
}

const characterOf = (codePoint: number) =>
  codePoint > 0 && codePoint <= 0x10ffff ? String.fromCodePoint(codePoint) : undefined;
