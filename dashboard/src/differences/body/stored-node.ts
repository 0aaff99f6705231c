/** A part of a stored body as it is shown: a line of its own, or two that hold what is below it. */
export interface StoredNode {
  /** What a place calls it: a member's name, an index, `item[2]`, `#text`. */
  readonly step: string;
  /** Its line, or the one that opens it. */
  readonly head: string;
  /** The line that closes it; absent where it is one line. */
  readonly tail?: string;
  readonly children: readonly StoredNode[];
  /** Of what children are: members stand beside those of the same name, elements and lines are aligned. */
  readonly below: 'members' | 'elements';
  /** Only nodes of one sort can be one and the same: elements of one name, texts. */
  readonly sort: string;
  /** Equal for nodes of equal content. */
  readonly id: number;
  /** Between its children, as JSON has it. */
  readonly separator: ',' | '';
}

/** Numbers for contents, of both bodies of a pair. */
export class ContentIds {
  readonly #ids = new Map<string, number>();

  of(content: string): number {
    const known = this.#ids.get(content);
    if (known !== undefined) return known;
    this.#ids.set(content, this.#ids.size);
    return this.#ids.size - 1;
  }
}

/** A body as a tree. `root` is absent where the body is empty, and has no line of its own in markup and text. */
export interface StoredTree {
  readonly root?: StoredNode;
  /** Its end was not stored. */
  readonly isCut: boolean;
}

/** What holds the lines of a body that has several at the top. */
export const rootSort = 'root';

export function rootOf(children: readonly StoredNode[], ids: ContentIds): StoredNode {
  const id = ids.of(`root ${children.map((child) => child.id).join()}`);
  return { step: '', head: '', children, below: 'elements', sort: rootSort, id, separator: '' };
}

/** What ends a stored text that was longer. */
export const cutNote = '… <cut>';
