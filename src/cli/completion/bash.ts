import { flagOf } from '../command.js';
import type { CommandDescription } from './describe-command.js';

/** A script for bash that completes commands, options and their choices; elsewhere file names. */
export function bashCompletion(commands: readonly CommandDescription[]): string {
  const names = commands.flatMap(({ name, aliases }) => [name, ...aliases]);
  const options = commands.map((command) => {
    const flags = command.options.flatMap(({ name, aliases }) => [name, ...aliases].map(flagOf));
    return `    ${patternOf(command)}) words='${[...flags, '--help'].join(' ')}' ;;`;
  });
  const first = commands.flatMap((command) => {
    const choices = command.positionals[0]?.choices ?? [];
    return choices.length === 0 ? [] : [`    ${patternOf(command)}) words='${choices.join(' ')}' ;;`];
  });
  const choices = commands.flatMap((command) =>
    command.options
      .filter(({ choices }) => choices.length > 0)
      .map(({ name, aliases, choices }) => {
        const patterns = [command.name, ...command.aliases].flatMap((spelling) =>
          [name, ...aliases].map((alias) => `'${spelling} ${flagOf(alias)}'`),
        );
        return `    ${patterns.join(' | ')}) words='${choices.join(' ')}' ;;`;
      }),
  );
  return `# bash completion of maskwright:  source <(maskwright completion bash)
_maskwright() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command="\${COMP_WORDS[1]}" words=''
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${[...names, '--help', '--version'].join(' ')}' -- "$current"))
    return
  fi
  case "$command $previous" in
${choices.join('\n')}
  esac
  if [ "$COMP_CWORD" -eq 2 ] && [[ "$current" != -* ]]; then
    case "$command" in
${first.map((line) => `  ${line}`).join('\n')}
    esac
  fi
  if [ -z "$words" ] && [[ "$current" == -* ]]; then
    case "$command" in
${options.map((line) => `  ${line}`).join('\n')}
    esac
  fi
  if [ -n "$words" ]; then
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  fi
}
complete -o default -o bashdefault -F _maskwright maskwright
`;
}

function patternOf({ name, aliases }: CommandDescription): string {
  return [name, ...aliases].join(' | ');
}
