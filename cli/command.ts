import type { AdminClient } from './admin-client.ts';
import type { Paint } from './paint.ts';

export type Option =
  | {
      readonly type: 'string';
      /** What stands for it in the usage: FILE and DIR are completed with names of files, ID with migrations. */
      readonly value: string;
      /** The only ones there are. */
      readonly choices?: readonly string[];
      readonly text: string;
    }
  /** May be given several times. */
  | { readonly type: 'strings'; readonly value: string; readonly text: string }
  | { readonly type: 'boolean'; readonly text: string };

export type Options = Readonly<Record<string, Option>>;

export type Values<O extends Options> = {
  readonly [Name in keyof O]?: O[Name] extends { readonly choices: readonly (infer Choice)[] }
    ? Choice
    : O[Name]['type'] extends 'string'
      ? string
      : O[Name]['type'] extends 'strings'
        ? readonly string[]
        : boolean;
};

export interface Operand {
  readonly name: string;
  readonly required: boolean;
  readonly text: string;
  /** Words to complete it with. */
  readonly choices?: readonly string[];
  /** The last one only: any number of them. */
  readonly repeated?: boolean;
}

export interface Call<O extends Options> {
  /** As many as the command's operands, those left out being undefined; more where the last is repeated. */
  readonly operands: readonly (string | undefined)[];
  readonly values: Values<O>;
  readonly json: boolean;
  /** Made when asked for: only then is a wrong `--admin` a mistake. */
  admin(): AdminClient;
  readonly paint: Paint;
  /** Columns of the terminal; undefined: as many as it takes. */
  readonly width: number | undefined;
}

export interface Outcome {
  /** What `--json` prints; undefined when all of it was printed. */
  readonly json: unknown;
  /** What is printed otherwise; may be empty. */
  readonly text: string;
  readonly warnings?: readonly string[];
  /** Why the command is not done though everything was answered: exit 1. */
  readonly failures?: readonly string[];
}

export interface Command<O extends Options = Options> {
  readonly name: string;
  /** What follows `ficus `. */
  readonly usage: string;
  readonly operands: readonly Operand[];
  readonly options: O;
  /** Commands that ask the admin API take `--admin`. */
  readonly asksAdmin: boolean;
  /** Commands that move a migration forward take `--revision`. */
  readonly moves?: boolean;
  readonly examples: readonly string[];
  /** Lines at the end of its help: what its output means. */
  readonly notes?: readonly string[];
  run(call: Call<O>): Promise<Outcome>;
}

/** Infers the options' types for `run`. */
export function defineCommand<const O extends Options>(command: Command<O>): Command {
  // The command line is parsed with the command's own options: what `run` gets has their types.
  return command as unknown as Command;
}
