import type { CommandDescription } from './describe-command.js';

/** A script for fish that completes commands, options with their descriptions, and choices. */
export function fishCompletion(commands: readonly CommandDescription[]): string {
  const names = commands.flatMap(({ name, aliases }) => [name, ...aliases]);
  const lines = commands.flatMap((command) => {
    const spellings = [command.name, ...command.aliases];
    const inside = `__fish_seen_subcommand_from ${spellings.join(' ')}`;
    return [
      ...spellings.map(
        (name) => `complete -c maskwright -n '__fish_use_subcommand' -f -a ${name} -d ${quote(command.describe)}`,
      ),
      ...command.positionals.slice(0, 1).flatMap(({ choices }) => {
        const unnamed = `not __fish_seen_subcommand_from ${choices.join(' ')}`;
        const words = quote(choices.join(' '));
        return choices.length === 0 ? [] : [`complete -c maskwright -n '${inside}; and ${unnamed}' -f -a ${words}`];
      }),
      ...command.options.map(({ name, aliases, describe, takesValue, choices }) => {
        const flags = [name, ...aliases].map((flag) => (flag.length === 1 ? `-s ${flag}` : `-l ${flag}`)).join(' ');
        const value = takesValue ? (choices.length > 0 ? ` -x -a ${quote(choices.join(' '))}` : ' -r') : '';
        return `complete -c maskwright -n '${inside}' ${flags}${value} -d ${quote(describe)}`;
      }),
    ];
  });
  return `# fish completion of maskwright:  maskwright completion fish | source
complete -c maskwright -n 'not __fish_seen_subcommand_from ${names.join(' ')}' -f
${lines.join('\n')}
`;
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
