/** An element of an XML document or an HTML page, without anything that means nothing. */
export interface MarkupElement {
  /** Without prefix; of HTML in lower case. Empty for the root above the document's own element. */
  readonly name: string;
  /** URI; empty for none, and in HTML. */
  readonly namespace: string;
  /** By local name, `{uri}local` where an attribute has a namespace. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly MarkupNode[];
}

export type MarkupNode = MarkupElement | string;

export type ParsedMarkup =
  | { readonly ok: true; readonly root: MarkupElement }
  /** As for JSON: `invalid` is not what it says to be, `over-limit` is not looked at. No detail quotes the text. */
  | { readonly ok: false; readonly problem: 'invalid' | 'over-limit'; readonly detail: string };

export interface MarkupLimits {
  readonly maxDepth: number;
  readonly maxNodes: number;
}

export class MarkupProblem extends Error {
  readonly problem: 'invalid' | 'over-limit';
  constructor(problem: 'invalid' | 'over-limit', message: string) {
    super(message);
    this.problem = problem;
  }
}

/** Elements, texts and attributes of one document, counted while it is read. */
export class NodeCount {
  #left: number;
  readonly #limits: MarkupLimits;

  constructor(limits: MarkupLimits) {
    this.#limits = limits;
    this.#left = limits.maxNodes;
  }

  add(nodes: number, depth: number): void {
    this.#left -= nodes;
    const { maxNodes, maxDepth } = this.#limits;
    if (this.#left < 0) throw new MarkupProblem('over-limit', `too large: over ${maxNodes} nodes of markup`);
    if (depth > maxDepth)
      throw new MarkupProblem('over-limit', `too deep: over ${maxDepth} levels of markup`);
  }
}

/** An element that is being read. */
export interface OpenElement {
  readonly name: string;
  readonly namespace: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: MarkupNode[];
}

export function openRoot(): OpenElement {
  return { name: '', namespace: '', attributes: new Map(), children: [] };
}

/** Adds text to what stands before it, when that is text. */
export function addText(children: MarkupNode[], text: string): void {
  if (text === '') return;
  const last = children.length - 1;
  if (typeof children[last] === 'string') children[last] += text;
  else children.push(text);
}
