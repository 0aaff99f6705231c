import { type CommandEntry, commands } from './commands.ts';
import { nearestOf } from './did-you-mean.ts';
import { UsageError } from './failures.ts';

/** Throws `UsageError` with the one that was probably meant. */
export function findCommand(name: string): CommandEntry {
  const entry = commands.find((one) => one.name === name);
  if (entry) return entry;
  throw nothingCalled(
    'command',
    name,
    commands.map((one) => one.name),
  );
}

/** `there is no command "statsu"; did you mean "status"?` */
export function nothingCalled(what: string, word: string, known: readonly string[]): UsageError {
  const nearest = nearestOf(word, known);
  const hint = nearest === undefined ? '`ficus help` lists what there is' : `did you mean "${nearest}"?`;
  return new UsageError(`there is no ${what} "${word}"; ${hint}`);
}
