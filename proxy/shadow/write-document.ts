import type { MarkupElement, MarkupNode } from './compare/markup.ts';

/** A document that reads as what was read, for whoever takes it as that: with namespaces, and nothing indented. */
export function writeDocument(root: MarkupElement, language: 'xml' | 'html'): string {
  return root.children
    .map((child) => (language === 'xml' ? xmlText(child, '') : htmlText(child, '')))
    .join('');
}

const schemaType = '{http://www.w3.org/2001/XMLSchema-instance}type';
const xmlNamespace = 'http://www.w3.org/XML/1998/namespace';

function xmlText(node: MarkupNode, above: string): string {
  if (typeof node === 'string') return escaped(node);
  const { name, namespace, attributes, children } = node;
  let tag = `<${name}`;
  if (namespace !== above) tag += ` xmlns="${quoted(namespace)}"`;
  let prefixes = 0;
  const prefixOf = (uri: string) => {
    if (uri === xmlNamespace) return 'xml';
    const prefix = `n${++prefixes}`;
    tag += ` xmlns:${prefix}="${quoted(uri)}"`;
    return prefix;
  };
  for (const [key, value] of attributes) {
    const [, uri, local = key] = /^\{(.*)\}([^}]*)$/.exec(key) ?? [];
    const [, typeUri, type = ''] = (key === schemaType && /^\{(.*)\}([^}]*)$/.exec(value)) || [];
    const written = typeUri === undefined ? value : `${prefixOf(typeUri)}:${type}`;
    const prefixed = uri === undefined ? local : `${prefixOf(uri)}:${local}`;
    tag += ` ${prefixed}="${quoted(written)}"`;
  }
  if (children.length === 0) return `${tag}/>`;
  return `${tag}>${children.map((child) => xmlText(child, namespace)).join('')}</${name}>`;
}

const voidElements = /^(?:area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr)$/;
const rawElements = /^(?:script|style|xmp|iframe|noembed|noframes)$/;

function htmlText(node: MarkupNode, parent: string): string {
  if (typeof node === 'string') return rawElements.test(parent) ? node : escaped(node);
  const { name, attributes, children } = node;
  let tag = `<${name}`;
  for (const [key, value] of attributes) tag += value === '' ? ` ${key}` : ` ${key}="${quoted(value)}"`;
  if (voidElements.test(name) && children.length === 0) return `${tag}>`;
  return `${tag}>${children.map((child) => htmlText(child, name)).join('')}</${name}>`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '&#13;');
}

/** White space but the space itself would become one (XML 1.0, section 3.3.3). */
function quoted(text: string): string {
  return escaped(text).replaceAll('"', '&quot;').replaceAll('\n', '&#10;').replaceAll('\t', '&#9;');
}
