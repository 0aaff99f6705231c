import { formatProblem, type Problem, printable } from './problem.ts';

/** A problem with the lines around its place, for who reads it elsewhere than beside the file. */
export interface ShownProblem {
  /** `routes.yaml:14:9 migrations.billing.service …` */
  readonly text: string;
  readonly line: number;
  readonly column: number;
  /** Empty where the file could not be read. */
  readonly lines: readonly { readonly line: number; readonly text: string }[];
}

const shownAtMost = 50;
const linesAround = 2;
const longestLine = 200;

/** `text`: the file as it was refused; undefined where it could not be read. */
export function showProblems(problems: readonly Problem[], text: string | undefined): ShownProblem[] {
  const all = text?.split(/\r?\n/) ?? [];
  return problems.slice(0, shownAtMost).map((problem) => {
    const { line, column } = problem;
    const from = Math.max(1, line - linesAround);
    const lines = all
      .slice(from - 1, line + linesAround)
      .map((content, index) => ({ line: from + index, text: cut(printable(content)) }));
    return { text: formatProblem(problem), line, column, lines };
  });
}

const cut = (text: string): string => (text.length > longestLine ? `${text.slice(0, longestLine)}…` : text);
