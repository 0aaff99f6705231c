import type { Candidates, CompletedCommand } from './completion-model.ts';

/** Words only, so that bash 3.2 (macOS) understands it too. */
export function bashCompletion(commands: readonly CompletedCommand[]): string {
  return `# Completion of ficus for bash, by \`ficus completion bash\`.

_ficus_complete() {
  local IFS=$' \\t\\n'
  COMPREPLY=($(compgen -W "$1" -- "$current"))
}

_ficus_files() {
  compopt -o filenames 2>/dev/null
  local IFS=$'\\n'
  COMPREPLY=($(compgen "$1" -- "$current"))
}

_ficus() {
  local words=() word glue='' i
  # Bash takes --as=bug and http://… apart.
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ $word =~ ^[:=]+$ && \${#words[@]} -gt 1 ]]; then
      words[\${#words[@]}-1]+=$word
      glue=1
    elif [[ -n $glue ]]; then
      words[\${#words[@]}-1]+=$word
      glue=''
    else
      words+=("$word")
    fi
  done
  local last=$((\${#words[@]} - 1)) command=\${words[1]} option='' operand=0 admin='' flags valued
  local current=\${words[last]}
  COMPREPLY=()
  if ((last == 1)); then
    _ficus_complete '${commands.map(({ name }) => name).join(' ')}'
    return
  fi
  case $command in
${commands.map(flagsOf).join('\n')}
  esac
  for ((i = 2; i < last; i++)); do
    word=\${words[i]}
    if [[ -n $option ]]; then
      [[ $option == --admin ]] && admin=$word
      option=''
    elif [[ $word == --*=* ]]; then
      [[ $word == --admin=* ]] && admin=\${word#*=}
    elif [[ $word == -* ]]; then
      [[ " $valued " == *" $word "* ]] && option=$word
    else
      operand=$((operand + 1))
    fi
  done
  if [[ -z $option && $current == --*=* ]]; then
    option=\${current%%=*}
    current=\${current#*=}
  elif [[ -z $option && $current == -* ]]; then
    _ficus_complete "$flags"
    return
  fi
  case "$command \${option:-$operand}" in
${cases(commands).join('\n')}
  esac
}

_ficus_migrations() {
  _ficus_complete "$("\${words[0]}" completion migrations \${admin:+--admin "$admin"} 2>/dev/null)"
}

complete -F _ficus ficus`;
}

function flagsOf({ name, options }: CompletedCommand): string {
  const flags = options.map(({ flag }) => flag).join(' ');
  const valued = options.flatMap(({ flag, value }) => (value ? [flag] : [])).join(' ');
  return `    ${name}) flags='${flags}' valued='${valued}' ;;`;
}

/** One line for each thing to offer, with all places where it is offered. */
function cases(commands: readonly CompletedCommand[]): string[] {
  const places = new Map<string, string[]>();
  for (const { pattern, candidates } of commands.flatMap(placesOf)) {
    if (candidates.kind === 'anything') continue;
    const action = actionFor(candidates);
    places.set(action, [...(places.get(action) ?? []), pattern]);
  }
  return [...places].map(([action, patterns]) => `    ${patterns.join(' | ')}) ${action} ;;`);
}

function placesOf({ name, options, operands }: CompletedCommand) {
  return [
    ...options.flatMap(({ flag, value }) =>
      value ? [{ pattern: `'${name} ${flag}'`, candidates: value.candidates }] : [],
    ),
    ...operands.map(({ candidates, repeated }, index) => ({
      pattern: repeated ? `'${name} '[0-9]*` : `'${name} ${index}'`,
      candidates,
    })),
  ];
}

function actionFor(candidates: Candidates): string {
  switch (candidates.kind) {
    case 'word':
      return `_ficus_complete '${candidates.words.join(' ')}'`;
    case 'file':
      return '_ficus_files -f';
    case 'folder':
      return '_ficus_files -d';
    case 'migration':
      return '_ficus_migrations';
    case 'anything':
      return ':';
  }
}
