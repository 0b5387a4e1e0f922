import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/command-table.js';
import { runCli } from '../support/warm-cli.js';
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
    if (!has('fish') && process.env['CI'] === undefined) context.skip('fish is not installed');
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
    if (!has('zsh') && process.env['CI'] === undefined) context.skip('zsh is not installed');
    const path = await script('zsh');
    const { status, stderr } = spawnSync('zsh', [
      '-f',
      '-c',
      `autoload -U compinit && compinit -D -u && source ${path} && whence -w _maskwright`,
    ]);
    expect({ status, stderr: stderr.toString() }).toEqual({ status: 0, stderr: '' });
  });

  it('offers the synonyms of options, which the help leaves out', async () => {
    const path = await script('bash');
    expect(bashOffers(path, ['maskwright', 'mask', '--dil'])).toEqual(['--dilate']);
    expect(bashOffers(path, ['maskwright', 'mask', '--swe'])).toEqual(['--sweep']);
    const help = await runCli(['mask', '--help-all']);
    expect(help.stdout).not.toMatch(/--dilate|--sweep|--outdir/);
  });
});

describe('the help', () => {
  it('describes every option and positional of every command, and has examples', async () => {
    for (const { name, load } of COMMANDS) {
      const { command } = await load();
      const { options, positionals = {}, examples } = command;
      expect(examples.length, name).toBeGreaterThan(0);
      const specs = Object.entries({ ...positionals, ...options });
      expect(
        specs.filter(([, { describe }]) => describe === undefined || describe === '').map(([flag]) => flag),
      ).toEqual([]);
      const help = await runCli([name, '--help-all']);
      expect({ code: help.code, stderr: help.stderr }).toEqual({ code: 0, stderr: '' });
      expect(help.stdout).not.toMatch(/undefined|\[object/);
      for (const flag of Object.keys(options)) {
        expect(help.stdout).toContain(flag.length === 1 ? `-${flag}` : `--${flag}`);
      }
    }
  });

  it('of mask shows the options that most people need, and names the way to the others', async () => {
    const { stdout } = await runCli(['mask', '--help']);
    expect(stdout).toContain('--prompt');
    expect(stdout).toContain('--text_mask');
    expect(stdout).toContain('-tm');
    expect(stdout).not.toContain('--feather-falloff');
    expect(stdout).toMatch(/\d+ more options: maskwright mask --help-all/);
    expect((await runCli(['help', 'mask'])).stdout).toContain('--feather-falloff');
  });

  it('is the general one where no command is named', async () => {
    const bare = await runCli([]);
    expect(bare).toMatchObject({ code: 0, stderr: '' });
    expect(bare.stdout).toBe((await runCli(['--help'])).stdout);
    expect(bare.stdout).toBe((await runCli(['help'])).stdout);
    expect((await runCli(['-V'])).stdout).toBe((await runCli(['--version'])).stdout);
  });
});
