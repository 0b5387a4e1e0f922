import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { TARGETS } from '../../src/index.js';
import { temporaryFolder } from '../support/folder.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

/**
 * Every block of shell commands, in the order of the README. Blocks of one section run in one folder, one after
 * the other. ```` ```sh no-run ```` marks what needs the network or another program.
 */
interface Block {
  readonly title: string;
  readonly script: string;
}

function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = [];
  let title = '';
  for (const match of markdown.matchAll(/^#{1,4} (.+)$|^```(\w+)( no-run)?\n([\s\S]*?)^```$/gm)) {
    if (match[1] !== undefined) {
      title = match[1];
    } else if (match[2] === 'sh' && match[3] === undefined) {
      blocks.push({ title, script: match[4]! });
    }
  }
  return blocks;
}

const folder = temporaryFolder();
const sections = blocksOf(README).reduce(
  (map, block) => map.set(block.title, [...(map.get(block.title) ?? []), block]),
  new Map<string, Block[]>(),
);

describe('every command of the README runs', () => {
  it('and there are some', () => {
    expect(sections.size).toBeGreaterThan(5);
  });

  it.each([...sections])(
    '%s',
    async (_, blocks) => {
      // As in a clone of the repository, with the program on the path.
      const bin = join(folder(), 'bin');
      mkdirSync(bin);
      symlinkSync(join(ROOT, 'bin/maskwright.js'), join(bin, 'maskwright'));
      const work = join(folder(), 'work');
      mkdirSync(work);
      cpSync(join(ROOT, 'examples'), join(work, 'examples'), { recursive: true });
      for (const { script } of blocks) {
        const result = await run(script, work, bin);
        expect(result, script).toMatchObject({ code: 0 });
      }
    },
    180_000,
  );
});

it('has a row for every program that --for knows', () => {
  const files = {
    'mask-file': 'image, gray mask',
    'mask-alpha': 'image, mask with a hole',
    'image-alpha': 'image with a hole',
  };
  const rows = TARGETS.map((target) => [
    `\`${target.name}\``,
    `${target.title}${target.unverified.length > 0 ? ' *' : ''}`,
    `${target.paints}${target.outpainting === undefined ? '' : `; ${target.outpainting.paints} to extend`}`,
    files[target.carrier],
    target.multipleOf > 1 ? `${target.multipleOf}` : 'any',
  ]);
  const table = README.split('\n').filter(
    (line) => line.startsWith('| `') && line.split('|').length === 7 && !line.startsWith('| `--'),
  );
  expect(table).toEqual(rows.map((cells) => `| ${cells.join(' | ')} |`));
  expect(README).toContain(`| files for a program | ${TARGETS.length} |`);
});

function run(script: string, cwd: string, bin: string): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      'bash',
      ['-euo', 'pipefail', '-c', script],
      {
        cwd,
        env: {
          ...process.env,
          PATH: `${bin}:${process.env['PATH']}`,
          MASKWRIGHT_MODEL: 'tiny',
          MASKWRIGHT_CACHE: join(cwd, '.cache'),
        },
      },
      (error, stdout, stderr) =>
        resolve({
          code: typeof error?.code === 'number' ? error.code : error === null ? 0 : 1,
          output: stdout + stderr,
        }),
    );
    child.stdin?.end();
  });
}
