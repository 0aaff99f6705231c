import type { Candidates, CompletedCommand } from './completion-model.ts';

/** For `source`, and as a file `_ficus` in a folder of `fpath`. */
export function zshCompletion(commands: readonly CompletedCommand[]): string {
  const list = commands.map(({ name, summary }) => `      ${quoted(`${name}:${summary}`)}`);
  return `#compdef ficus
# Completion of ficus for zsh, by \`ficus completion zsh\`.

_ficus_migrations() {
  local -a ids
  ids=(\${(f)"$("$ficus" completion migrations \${opt_args[--admin]:+--admin "\${opt_args[--admin]}"} 2>/dev/null)"})
  compadd -a ids
}

_ficus() {
  local ficus=$words[1] command=$words[2]
  local -A opt_args
  if ((CURRENT == 2)); then
    local -a commands
    commands=(
${list.join('\n')}
    )
    _describe command commands
    return
  fi
  shift words
  ((CURRENT--))
  case $command in
${commands.map(caseOf).join('\n')}
  esac
}

if [ "$funcstack[1]" = _ficus ]; then
  _ficus "$@"
else
  compdef _ficus ficus
fi`;
}

function caseOf({ name, options, operands }: CompletedCommand): string {
  const specs = [
    ...options.map(({ flag, text, value }) =>
      quoted(
        `${flag}[${escaped(text)}]${value ? `:${escaped(value.name)}:${actionFor(value.candidates)}` : ''}`,
      ),
    ),
    ...operands.map(({ name: operand, candidates, repeated }, index) =>
      quoted(`${repeated ? '*' : index + 1}:${escaped(operand)}:${actionFor(candidates)}`),
    ),
  ];
  return `    ${name}) _arguments \\\n${specs.map((spec) => `      ${spec}`).join(' \\\n')} ;;`;
}

function actionFor(candidates: Candidates): string {
  switch (candidates.kind) {
    case 'word':
      return `(${candidates.words.join(' ')})`;
    case 'file':
      return '_files';
    case 'folder':
      return '_files -/';
    case 'migration':
      return '_ficus_migrations';
    case 'anything':
      return ' ';
  }
}

/** In a spec of _arguments these end its parts. */
const escaped = (text: string): string => text.replace(/[[\]:\\]/g, '\\$&');

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
