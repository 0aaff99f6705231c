import type { Candidates, CompletedCommand } from './completion-model.ts';

export function fishCompletion(commands: readonly CompletedCommand[]): string {
  return `# Completion of ficus for fish, by \`ficus completion fish\`.

# Whether the command is this one; with a number, whether as many words follow it.
function __ficus_at
    set -l words (commandline -opc)
    test (count $words) -ge 2; and test "$words[2]" = $argv[1]; or return 1
    test (count $argv) -eq 1; or test (count $words) -eq (math 2 + $argv[2])
end

function __ficus_migrations
    set -l words (commandline -opc)
    set -l admin
    if set -l at (contains -i -- --admin $words)
        set admin --admin $words[(math $at + 1)]
    end
    $words[1] completion migrations $admin 2>/dev/null
end

complete -c ficus -f
${commands.flatMap(linesOf).join('\n')}`;
}

function linesOf({ name, summary, options, operands }: CompletedCommand): string[] {
  const at = (place?: number) => quoted(`__ficus_at ${name}${place === undefined ? '' : ` ${place}`}`);
  return [
    `complete -c ficus -n 'test (count (commandline -opc)) -eq 1' -a ${name} -d ${quoted(summary)}`,
    ...options.map(
      ({ flag, text, value }) =>
        `complete -c ficus -n ${at()} -l ${flag.slice(2)}${value ? ` ${flagValue(value.candidates)}` : ''} -d ${quoted(text)}`,
    ),
    ...operands.flatMap(({ candidates }, index) =>
      candidates.kind === 'anything'
        ? []
        : [`complete -c ficus -n ${at(operands.length > 1 ? index : undefined)} ${operandOf(candidates)}`],
    ),
  ];
}

function flagValue(candidates: Candidates): string {
  const isPath = candidates.kind === 'file' || candidates.kind === 'folder';
  return isPath || candidates.kind === 'anything' ? `-r${isPath ? 'F' : ''}` : `-x ${operandOf(candidates)}`;
}

function operandOf(candidates: Candidates): string {
  switch (candidates.kind) {
    case 'word':
      return `-a ${quoted(candidates.words.join(' '))}`;
    case 'file':
      return '-F';
    case 'folder':
      return "-a '(__fish_complete_directories)'";
    case 'migration':
      return "-a '(__ficus_migrations)'";
    case 'anything':
      return '';
  }
}

const quoted = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;
