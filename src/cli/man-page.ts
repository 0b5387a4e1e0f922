import { type CommandDescription, flagOf, type OptionDescription } from './describe-command.js';

/** The manual page of the program, in roff for `man`. */
export function manPage(commands: readonly CommandDescription[], version: string): string {
  return `.TH MASKWRIGHT 1 "" "maskwright ${version}" "User Commands"
.SH NAME
maskwright \\- masks for inpainting, from words, channels, depth and files
.SH SYNOPSIS
.B maskwright
.I command
[options]
.SH DESCRIPTION
Finds the pixels that words, a channel, depth or a file name, shapes the mask, and writes the file that an
inpainting program wants.
.SH COMMANDS
${commands.map(describeOne).join('\n')}
.SH EXIT STATUS
.TP
.B 0
all went well
.TP
.B 2
the command line or a recipe is wrong
.TP
.B 3
an input is wrong, or some inputs of many failed
.TP
.B 4
a model is missing or does not run
.TP
.B 5
an output cannot be written
.TP
.B 6
nothing is selected, where that was to fail
.TP
.B 70
a fault of the program
.TP
.B 130
interrupted
`;
}

function describeOne(command: CommandDescription): string {
  const groups = [...new Set(command.options.map(({ group }) => group))];
  const options = groups.map((group) => {
    const members = command.options.filter((option) => option.group === group);
    return `.P\n.I ${escape(group)}\n${members.map(describeOption).join('\n')}`;
  });
  const examples = command.examples.map(
    ({ command: line, describe }) => `.TP\n.B ${escape(line)}\n${escape(describe)}`,
  );
  return `.SS maskwright ${escape(command.usage)}
${escape(sentence(command.describe))}
${options.join('\n')}
${examples.length === 0 ? '' : `.P\n.I Examples:\n${examples.join('\n')}\n`}`;
}

function describeOption({ name, aliases, describe, choices, default: value }: OptionDescription): string {
  const flags = [name, ...aliases].map((flag) => escape(flagOf(flag))).join(', ');
  const notes = [
    ...(choices.length > 0 ? [`one of ${choices.join(', ')}`] : []),
    ...(value === undefined ? [] : [`default ${typeof value === 'string' ? value : JSON.stringify(value)}`]),
  ];
  return `.TP\n.B ${flags}\n${escape(sentence(describe))}${notes.length > 0 ? `\n${escape(`(${notes.join('; ')})`)}` : ''}`;
}

function sentence(text: string): string {
  return text === '' ? 'See the README.' : `${text[0]!.toUpperCase()}${text.slice(1)}.`;
}

/** Text that roff shows as it is. */
function escape(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll(/^([.'])/gm, '\\&$1');
}
