import type { MarkupNode } from './markup.ts';

/** Markup for people, of an element that may be redacted; the root is written as what it holds. Stops after `maxChars`. */
export function writeMarkup(node: MarkupNode, layout: 'line' | 'indented', maxChars: number): string {
  const writer = new MarkupWriter(layout === 'indented' ? '  ' : '', maxChars);
  writer.write(node, 0);
  return writer.text.trim();
}

class MarkupWriter {
  text = '';
  readonly #indent: string;
  readonly #maxChars: number;

  constructor(indent: string, maxChars: number) {
    this.#indent = indent;
    this.#maxChars = maxChars;
  }

  write(node: MarkupNode, level: number): void {
    if (this.text.length > this.#maxChars) return;
    if (typeof node === 'string') {
      this.text += escaped(node.slice(0, this.#maxChars + 1));
      return;
    }
    const { name, attributes, children } = node;
    if (name === '') {
      for (const child of children) this.#writeChild(child, level);
      return;
    }
    this.text += `<${name}`;
    for (const [attribute, value] of attributes) {
      this.text += ` ${attribute}="${escaped(value.slice(0, this.#maxChars + 1)).replaceAll('"', '&quot;')}"`;
    }
    if (children.length === 0) {
      this.text += '/>';
      return;
    }
    this.text += '>';
    const isText = children.length === 1 && typeof children[0] === 'string';
    for (const child of children) {
      if (isText) this.write(child, level);
      else this.#writeChild(child, level + 1);
    }
    if (this.#indent !== '' && !isText) this.text += `\n${this.#indent.repeat(level)}`;
    this.text += `</${name}>`;
  }

  #writeChild(child: MarkupNode, level: number): void {
    if (this.text.length > this.#maxChars) return;
    if (this.#indent !== '') this.text += `\n${this.#indent.repeat(level)}`;
    this.write(child, level);
  }
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
