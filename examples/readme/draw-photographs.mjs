// Draws the README's images of selections on photographs with the tool itself, without any model:
//
//   pip install scikit-image && npm run build
//   node examples/readme/draw-photographs.mjs "$(python3 -c 'import skimage, os; print(os.path.dirname(skimage.__file__))')/data"
//
// The photographs come inside the Python package scikit-image, whose documentation says of each: "No copyright restrictions. CC0 by the
// photographer". chelsea.png is by Stefan van der Walt, coffee.png by Rachel Michetti.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';

const PANEL = { width: 390, height: 260 };
const GAP = 8;

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const [photographs = '.'] = process.argv.slice(2);
const [cat, coffee] = ['chelsea.png', 'coffee.png'].map((name) => resolve(photographs, name));
const folder = mkdtempSync(join(tmpdir(), 'maskwright-photographs-'));
const maskwright = (...args) =>
  execFileSync(process.execPath, [at('../../bin/maskwright.js'), ...args], { cwd: folder, stdio: 'inherit' });

try {
  maskwright('mask', coffee, '--point', '289,140', '--overlay', '--output-dir', 'click');
  maskwright('mask', coffee, '--point', '289,140', '--trim=2%', '--background', '#fff', '--output-dir', 'cutout');
  const eyes = ['--box', '132,82,78,68', '--box', '290,105,58,62', '--fill-holes', '--each', '--overlay'];
  maskwright('mask', cat, ...eyes, '--export', 'svg', '--output-dir', 'eyes');
  await save('click.webp', [
    'click/coffee.point.overlay.png',
    'click/coffee.point.masked.png',
    'cutout/coffee.point.selected.png',
  ]);
  const { width, height } = await sharp(cat).metadata();
  const shapes = await sharp(join(folder, 'eyes/chelsea.masks.svg')).resize(width, height).png().toBuffer();
  await sharp(cat)
    .composite([{ input: shapes }])
    .toFile(join(folder, 'eyes/svg.png'));
  await save('instances.webp', ['eyes/chelsea.box.overlay.png', 'eyes/chelsea.box.1.selected.png', 'eyes/svg.png']);
} finally {
  rmSync(folder, { recursive: true });
}

/** Images of a row, each in a panel of its own. */
async function save(name, files) {
  const panels = await Promise.all(
    files.map(async (file, i) => ({
      input: await sharp(join(folder, file))
        .flatten({ background: '#fff' })
        .resize({ ...PANEL, fit: 'contain', background: '#fff' })
        .png()
        .toBuffer(),
      left: i * (PANEL.width + GAP),
      top: 0,
    })),
  );
  const width = files.length * (PANEL.width + GAP) - GAP;
  await sharp({ create: { width, height: PANEL.height, channels: 3, background: '#fff' } })
    .composite(panels)
    .webp({ quality: 82, effort: 6 })
    .toFile(at(name));
}
