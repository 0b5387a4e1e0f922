// Draws the images of the README with the tool itself, on the tiny model. Run it again when that has changed:
//
//   npm run build && node examples/readme/draw.mjs
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { maskImage, openModels } from 'maskwright';
import sharp from 'sharp';

const PANEL = { width: 396, height: 264 };
const GAP = 8;

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const stillLife = at('../still-life.png');
const kitchen = at('../kitchen.png');
const folder = await mkdtemp(join(tmpdir(), 'maskwright-readme-'));
const models = openModels({ model: 'tiny' });

try {
  await drawTrio('orange');
  await drawEdges('blue cup', { left: 270, top: 590, width: 510, height: 340 });
} finally {
  await models.close();
  await rm(folder, { recursive: true });
}

/** An image, and the three that `maskwright mask` makes of it. */
async function drawTrio(text) {
  const { masks } = await maskImage(stillLife, { text, models, outdir: folder });
  const { selected, deselected, masked } = masks[0].files;
  await save(at('trio.png'), [[stillLife, selected, deselected, masked].map((file) => panel(file))]);
}

/** A part of an image, found ever more closely: above the probability, below what it selects. */
async function drawEdges(text, part) {
  const steps = [
    { refine: false, detail: 'off' },
    { refine: false, detail: 'parts' },
    { refine: true, detail: 'parts' },
    { refine: true, detail: 'parts', threshold: 'auto' },
  ];
  const rows = [[], []];
  for (const [i, step] of steps.entries()) {
    const options = { text, models, ...step, outdir: join(folder, `${i}`), overlay: true, heatmap: true };
    const { masks } = await maskImage(kitchen, options);
    console.log(step, { threshold: masks[0].threshold, share: masks[0].share });
    rows[0].push(panel(masks[0].files.heatmap, part));
    rows[1].push(panel(masks[0].files.overlay, part));
  }
  await save(at('edges.png'), rows);
}

/** An image, or a part of it, at a panel's size, over a checkerboard where it is transparent. */
async function panel(file, part) {
  const cut = part === undefined ? sharp(file) : sharp(file).extract(part);
  const shown = await cut
    .resize({ ...PANEL, fit: 'fill' })
    .png()
    .toBuffer();
  return checkerboard(12)
    .toColourspace('srgb')
    .composite([{ input: shown }])
    .png()
    .toBuffer();
}

/** Raw pixels, of two light grays. */
function checkerboard(side) {
  const { width, height } = PANEL;
  const data = new Uint8Array(width * height);
  for (let i = 0; i < data.length; i++) {
    const odd = (Math.floor((i % width) / side) + Math.floor(i / width / side)) % 2 === 1;
    data[i] = odd ? 238 : 204;
  }
  return sharp(data, { raw: { width, height, channels: 1 } });
}

async function save(file, rows) {
  const columns = rows[0].length;
  const panels = await Promise.all(
    rows.flat().map(async (input, i) => ({
      input: await input,
      left: (i % columns) * (PANEL.width + GAP),
      top: Math.floor(i / columns) * (PANEL.height + GAP),
    })),
  );
  const width = columns * (PANEL.width + GAP) - GAP;
  const height = rows.length * (PANEL.height + GAP) - GAP;
  await sharp({ create: { width, height, channels: 3, background: '#fff' } })
    .composite(panels)
    .png({ palette: true, effort: 10 })
    .toFile(file);
}
