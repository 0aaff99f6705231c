/** A paragraph; terms with what they mean; or lines that stand as they are: commands and what they print. */
export type Block =
  | string
  | { readonly terms: readonly (readonly [term: string, text: string])[] }
  | { readonly lines: readonly string[] };

/** What somebody may want to know that no single command's help says; also a section of the man page. */
export interface Topic {
  readonly name: string;
  /** Other words that lead to it; spaces are written as `-`. */
  readonly also?: readonly string[];
  readonly title: string;
  readonly blocks: readonly Block[];
}
