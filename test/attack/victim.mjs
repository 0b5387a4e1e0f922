// Runs real commands over broken files, in this process for speed. The runner watches it from outside:
// a crash, a hang or too much memory ends it, and the case that did it is known.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { main } from '../../dist/cli/main.js';
import { mutate, seededRandom, soundFiles } from './corpus.mjs';

const ENDINGS = { jpeg: 'jpg', tiff: 'tif', recipe: 'yaml', sidecar: 'json' };

/** Commands that read each kind; `IN` and `OUT` stand for the broken file and an empty folder. */
const COMMANDS = {
  picture: [
    ['inpaint', 'IN', '-m', 'MASK', '--resize-masks', '-o', 'OUT/out.png'],
    ['inpaint', 'PICTURE', '-m', 'IN', '--resize-masks', '-o', 'OUT/out.png'],
    ['channel', 'IN', '--channel', 'hsv.s', '--outdir', 'OUT'],
    ['check', 'IN'],
    ['repair', 'IN', '-o', 'OUT/out.png'],
  ],
  exr: [['depth', 'IN', '--mask', '--outdir', 'OUT']],
  recipe: [['run', 'IN', '--dry-run']],
  prompt: [['explain', 'TEXT']],
  sidecar: [['stitch', 'PICTURE', '--job', 'IN', '-o', 'OUT/out.png']],
};

const [folder, sidecar] = process.argv.slice(2);
const corpus = await soundFiles(sidecar);
const outdir = join(folder, 'out');
const ALLOWED = new Set([0, 2, 3, 4, 5, 6]);

process.on('message', async ({ kind, seed }) => {
  const random = seededRandom(seed);
  const sound = corpus[kind][Math.floor(random() * corpus[kind].length)];
  const broken = mutate(sound, random);
  const input = join(folder, `in.${ENDINGS[kind] ?? kind}`);
  writeFileSync(input, broken);
  const commands = COMMANDS[kind] ?? COMMANDS.picture;
  const command = commands[Math.floor(random() * commands.length)];
  const values = {
    IN: input,
    MASK: join(folder, 'mask.png'),
    PICTURE: join(folder, 'picture.png'),
    TEXT: broken.toString(),
  };
  const argv = command.map((word) => values[word] ?? word.replace('OUT', outdir));
  rmSync(outdir, { recursive: true, force: true });
  mkdirSync(outdir);
  const { code, stdout, stderr } = await runQuietly(argv);
  const complaints = [];
  if (!ALLOWED.has(code)) {
    complaints.push(`exit code ${code}`);
  }
  if (/\n\s+at .*:\d+/.test(stderr) || stderr.includes('this is a bug')) {
    complaints.push(`stack trace: ${stderr.slice(0, 600)}`);
  }
  if (code !== 0 && stderr.trim() === '' && stdout.trim() === '') {
    complaints.push('said nothing');
  }
  const written = readdirSync(outdir, { recursive: true });
  // A check that finds fault has read its picture well, and writes nothing.
  if (code !== 0 && written.length > 0) {
    complaints.push(`wrote ${written.join(', ')} for a rejected input`);
  }
  process.send({ kind, seed, command: argv[0], code, complaints, rss: process.memoryUsage.rss() });
});
process.send({ ready: true });

/** `main` with its output caught. */
async function runQuietly(argv) {
  let stdout = '';
  let stderr = '';
  const out = process.stdout.write;
  const err = process.stderr.write;
  const done = (args) => args.find((argument) => typeof argument === 'function')?.();
  process.stdout.write = (text, ...args) => ((stdout += text), done(args), true);
  process.stderr.write = (text, ...args) => ((stderr += text), done(args), true);
  process.exitCode = 0;
  try {
    await main(argv);
  } finally {
    process.stdout.write = out;
    process.stderr.write = err;
  }
  const code = process.exitCode;
  process.exitCode = 0;
  return { code, stdout, stderr };
}
