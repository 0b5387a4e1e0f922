import { flagOf } from '../command.js';
import type { CommandDescription } from './describe-command.js';

/** A script for zsh that completes commands, options with their descriptions, and choices. */
export function zshCompletion(commands: readonly CommandDescription[]): string {
  const names = commands.map(({ name, describe }) => `    ${quote(`${name}:${describe}`)}`);
  const cases = commands.map((command) => {
    const specs = command.options.map(({ name, aliases, describe, takesValue, choices }) => {
      const flags = [name, ...aliases].map(flagOf);
      const value = takesValue ? `:value:${choices.length > 0 ? `(${choices.join(' ')})` : '_files'}` : '';
      const text = describe.replaceAll(/[[\]:\\]/g, '\\$&');
      return flags.map((flag) => `        ${quote(`*${flag}[${text}]${value}`)}`).join(' \\\n');
    });
    const choices = command.positionals[0]?.choices ?? [];
    const first =
      choices.length === 0 ? [] : [`        ${quote(`1:${command.positionals[0]!.name}:(${choices.join(' ')})`)}`];
    return `    ${[command.name, ...command.aliases].join('|')})
      _arguments \\
${[...specs, ...first, "        '--help[show help]'", "        '*:file:_files'"].join(' \\\n')}
      ;;`;
  });
  return `#compdef maskwright
# zsh completion of maskwright:  source <(maskwright completion zsh)
_maskwright() {
  local -a commands
  commands=(
${names.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${cases.join('\n')}
  esac
}
compdef _maskwright maskwright
`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
