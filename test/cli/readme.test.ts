import { execFile, execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { TARGETS } from '../../src/index.js';
import { temporaryFolder } from '../support/folder.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PAGES = ['README.md', ...readdirSync(join(ROOT, 'src/docs')).map((name) => `src/docs/${name}`)];

/**
 * Every block of shell commands of a page, in order. Blocks of one section run in one folder, one after the other.
 * ```` ```sh no-run ```` marks what needs the network or another program.
 */
interface Block {
  readonly title: string;
  readonly script: string;
}

function blocksOf(page: string): Block[] {
  const blocks: Block[] = [];
  let title = '';
  const markdown = readFileSync(join(ROOT, page), 'utf8');
  for (const match of markdown.matchAll(/^#{1,4} (.+)$|^```(\w+)( no-run)?\n([\s\S]*?)^```$/gm)) {
    if (match[1] !== undefined) {
      title = match[1];
    } else if (match[2] === 'sh' && match[3] === undefined) {
      blocks.push({ title: `${page}: ${title}`, script: match[4]! });
    }
  }
  return blocks;
}

const folder = temporaryFolder();
const sections = PAGES.flatMap(blocksOf).reduce(
  (map, block) => map.set(block.title, [...(map.get(block.title) ?? []), block]),
  new Map<string, Block[]>(),
);

describe('every command of the documents runs', () => {
  it('has sections of the README and of the reference', () => {
    const titles = [...sections.keys()];
    expect(titles.filter((title) => title.startsWith('README.md')).length).toBeGreaterThan(10);
    expect(titles.filter((title) => title.startsWith('src/docs')).length).toBeGreaterThan(2);
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

it('src/docs/targets.md has the row of every target', () => {
  const files = {
    'mask-file': 'image, gray mask',
    'mask-alpha': 'image, mask with transparency',
    'image-alpha': 'image with transparency',
  };
  const rows = TARGETS.map((target) => [
    `\`${target.name}\``,
    `${target.title}${target.unverified.length > 0 ? ' *' : ''}`,
    `${target.paints}${target.outpainting === undefined ? '' : `; ${target.outpainting.paints} to extend`}`,
    files[target.carrier],
    target.multipleOf > 1 ? `${target.multipleOf}` : 'any',
  ]);
  const table = readFileSync(join(ROOT, 'src/docs/targets.md'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `') && !line.startsWith('| `--'));
  expect(table).toEqual(rows.map((cells) => `| ${cells.join(' | ')} |`));
  const comparison = readFileSync(join(ROOT, 'src/docs/comparison.md'), 'utf8');
  expect(comparison).toContain(`| files for a target, checked | ${TARGETS.length} |`);
});

it('links of the documents lead to files and headings that exist', () => {
  const broken = [...PAGES, 'src/README.md', '.github/CONTRIBUTING.md', 'CHANGELOG.md'].flatMap((page) => {
    const markdown = readFileSync(join(ROOT, page), 'utf8');
    const headings = new Set(
      Array.from(markdown.matchAll(/^#{1,4} (.+)$/gm), ([, title]) =>
        title!
          .toLowerCase()
          .replaceAll(/[^\w -]/g, '')
          .replaceAll(' ', '-'),
      ),
    );
    return Array.from(markdown.matchAll(/\]\(([^)\s]+)\)/g), ([, link]) => link!)
      .filter((link) => !/^https?:/.test(link))
      .filter((link) =>
        link.startsWith('#')
          ? !headings.has(link.slice(1))
          : !existsSync(join(ROOT, dirname(page), link.split('#')[0]!)),
      )
      .map((link) => `${page}: ${link}`);
  });
  expect(broken).toEqual([]);
});

it('documents, sources, help and tests use the words of the field', () => {
  const files = execFileSync('git', ['ls-files', ...FOLDERS], { cwd: ROOT, encoding: 'utf8' }).split('\n');
  const found = files
    .filter((name) => /\.(tsx?|md|mjs|css|html|ya?ml)$/.test(name) && name !== 'test/cli/readme.test.ts')
    .filter((name) => existsSync(join(ROOT, name)))
    .flatMap((name) =>
      readFileSync(join(ROOT, name), 'utf8')
        .split('\n')
        .flatMap((line, i) =>
          OLD_WORDS.test(line) && !OTHERS_NAMES.test(line) ? [`${name}:${i + 1}: ${line.trim()}`] : [],
        ),
    );
  expect(found).toEqual([]);
});

/** Files that people read; reports of measurements keep the words of their time. */
const FOLDERS = ['README.md', 'CHANGELOG.md', 'src', 'examples', 'test', ':!test/**/RESULTS.md', ':!test/bench/peers'];

/** Words and names that the language of the field replaced, and British spellings. */
const OLD_WORDS = new RegExp(
  [
    'pictures?|stor(?:y|ies)|look(?:s|ed|ing)? for|way back|told|surer|sureness|hang(?:s|ing)? together|islands?',
    'verdicts?|patience|flaws?|wayBack|cutHoles|joinImages|findLostColor|describeLoss|cutOnnx|isCut|openNetworks',
    'greys?|colour(?:s|ed|ing|less)?|(?:normali|initiali|recogni|optimi|maximi|minimi|organi)s(?:e|es|ed|ing|ation)',
  ]
    .map((words) => `\\b(?:${words})\\b`)
    .join('|'),
  'i',
);

/** Names of other programs' interfaces: CSS colors, sharp's color spaces. */
const OTHERS_NAMES = /grey 808080|grey16|Colourspace|'grey'|grey: |toColourspace|drop-islands/;

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
