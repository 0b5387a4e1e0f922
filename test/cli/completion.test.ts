import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/command-table.js';
import { describeCommand } from '../../src/cli/describe-command.js';
import { runCli } from '../support/cli.js';
import { temporaryFolder } from '../support/folder.js';

const folder = temporaryFolder();

async function script(shell: string): Promise<string> {
  const { code, stdout, stderr } = await runCli(['completion', shell]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const path = join(folder(), shell);
  writeFileSync(path, stdout);
  return path;
}

function has(program: string): boolean {
  return spawnSync(program, ['--version']).error === undefined;
}

/** What bash offers for the last of these words. */
function bashOffers(path: string, words: readonly string[]): string[] {
  const lines = `source ${path}; COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _maskwright; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', lines]).toString().trimEnd().split('\n');
}

describe('completion', () => {
  it('in bash offers commands, options and choices, and leaves file names to the shell', async () => {
    const path = await script('bash');
    expect(bashOffers(path, ['maskwright', 'inp'])).toEqual(['inpaint']);
    expect(bashOffers(path, ['maskwright', 'comp'])).toEqual(expect.arrayContaining(['composite', 'completion']));
    expect(bashOffers(path, ['maskwright', 'mask', '--fea'])).toEqual([
      '--feather',
      '--feather-side',
      '--feather-falloff',
    ]);
    expect(bashOffers(path, ['maskwright', 'inpaint', '--combine', 'x'])).toEqual(['xor']);
    expect(bashOffers(path, ['maskwright', 'mask', 'pho'])).toEqual(['']);
    expect(bashOffers(path, ['maskwright', 'completion', 'f'])).toEqual(['fish']);
    expect(bashOffers(path, ['maskwright', 'models', 'p'])).toEqual(['pull', 'path']);
    expect(bashOffers(path, ['maskwright', 'models', 'pull', 'p'])).toEqual(['']);
  });

  it('in fish offers the same', async (context) => {
    if (!has('fish')) context.skip('fish is not installed');
    const path = await script('fish');
    const offers = (line: string): string[] =>
      execFileSync('fish', ['-c', `source ${path}; complete -C '${line}'`])
        .toString()
        .trimEnd()
        .split('\n')
        .map((offer) => offer.split('\t')[0]!);
    expect(offers('maskwright inp')).toEqual(['inpaint']);
    expect(offers('maskwright mask --fea')).toEqual(expect.arrayContaining(['--feather', '--feather-side']));
    expect(offers('maskwright inpaint --combine x')).toEqual(['xor']);
    expect(offers('maskwright completion z')).toEqual(['zsh']);
  });

  it('in zsh is a script without issues', async (context) => {
    if (!has('zsh')) context.skip('zsh is not installed');
    const path = await script('zsh');
    const { status, stderr } = spawnSync('zsh', [
      '-f',
      '-c',
      `autoload -U compinit && compinit -D -u && source ${path} && whence -w _maskwright`,
    ]);
    expect({ status, stderr: stderr.toString() }).toEqual({ status: 0, stderr: '' });
  });

  it('knows every command, with its options described and examples of it', async () => {
    const page = (await runCli(['completion', 'man'])).stdout;
    for (const { name, load } of COMMANDS) {
      expect(page).toMatch(new RegExp(`^\\.SS maskwright ${name}\\b`, 'm'));
      const { examples, options, positionals } = describeCommand((await load()).command);
      expect(examples.length, name).toBeGreaterThan(0);
      expect([...options, ...positionals].filter(({ describe }) => describe === undefined || describe === '')).toEqual(
        [],
      );
    }
    expect(page).toContain('.B \\-\\-feather\n');
    expect(page).not.toMatch(/undefined|\[object/);
  });

  it('as a manual page is roff that man shows without a warning', async (context) => {
    if (spawnSync('groff', ['--version']).error !== undefined) context.skip('groff is not installed');
    const path = await script('man');
    const { status, stderr, stdout } = spawnSync('groff', ['-man', '-Tutf8', '-ww', path]);
    expect({ status, stderr: stderr.toString() }).toEqual({ status: 0, stderr: '' });
    // A letter typed twice is bold.
    const plain = stdout.toString().replaceAll(new RegExp(`.${String.fromCharCode(8)}`, 'g'), '');
    expect(plain).toContain('maskwright inpaint');
  });
});
