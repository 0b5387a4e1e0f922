// Makes the images of the recipes from the example images and what their drawer knows about them.
//
//   node examples/recipes/images/draw.mjs
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const example = (name) => at(`../../${name}.png`);
const truth = (name) => at(`../../../test/fixtures/examples/${name}.png`);
const SMALL = { width: 768, height: 512 };

const jpeg = (image, name, quality = 88) => image.jpeg({ quality, chromaSubsampling: '4:4:4' }).toFile(at(name));
const raw = async (image) => (await image.raw().toBuffer()).buffer;

/** A plane of a mask file, 0 to 255, at the small size. */
const plane = async (name) => new Uint8Array(await raw(sharp(truth(name)).resize(SMALL).extractChannel(0)));

// The same image, sharpened all over: the overlay of selective sharpening.
await jpeg(sharp(example('still-life')).sharpen({ sigma: 2, m1: 2, m2: 4 }), 'still-life.sharpened.jpg', 85);

// One image scaled up twice: with soft and with invented detail; and how far everything in it is.
const landscape = sharp(await sharp(example('landscape')).resize(SMALL).png().toBuffer());
const quarter = await landscape.clone().resize(256).png().toBuffer();
await jpeg(sharp(quarter).resize({ ...SMALL, kernel: 'cubic' }), 'landscape.jpg');
await jpeg(
  sharp(quarter)
    .resize({ ...SMALL, kernel: 'lanczos3' })
    .sharpen({ sigma: 3, m1: 4, m2: 8 })
    .modulate({ saturation: 1.15 }),
  'landscape.creative.jpg',
);
const [sky, cloud, sun, mountain, tree, house] = await Promise.all(
  ['sky', 'cloud', 'sun', 'mountain', 'tree', 'house'].map((word) => plane(`landscape.${word}`)),
);
const depth = new Uint8Array(SMALL.width * SMALL.height);
for (let i = 0; i < depth.length; i++) {
  const down = Math.floor(i / SMALL.width) / SMALL.height;
  depth[i] =
    Math.max(sky[i], cloud[i], sun[i]) > 127
      ? 0
      : mountain[i] > 127
        ? 40
        : house[i] > 127
          ? 120
          : tree[i] > 127
            ? 170
            : 60 + 190 * down;
}
const depthImage = sharp(depth, { raw: { ...SMALL, channels: 1 } }).toColourspace('b-w');
await depthImage.clone().png().toFile(at('landscape.depth.png'));

// Three frames of a camera that moves to the right, and the depth of each.
for (const [i, left] of [0, 24, 48].entries()) {
  const window = { left, top: 100, width: 480, height: 320 };
  await jpeg(landscape.clone().extract(window), `frames/frame-${i + 1}.jpg`);
  await sharp(await depthImage.clone().png().toBuffer())
    .extract(window)
    .toColourspace('b-w')
    .png()
    .toFile(at(`frames/frame-${i + 1}.depth.png`));
}

// A sunset to put behind the hills.
const sunset = new Uint8Array(1536 * 1024 * 3);
for (let i = 0, p = 0; p < sunset.length; i++, p += 3) {
  const down = Math.floor(i / 1536) / 1024;
  const glow = Math.exp(-((down - 0.55) ** 2) * 12);
  sunset.set([70 + 180 * glow, 50 + 90 * glow, 110 - 40 * glow], p);
}
await jpeg(sharp(sunset, { raw: { width: 1536, height: 1024, channels: 3 } }), 'sunset.jpg', 80);

// Single things on plain grounds: products on white, and one before a green screen.
const things = [
  ['still-life', 'orange', '#f4f2ee', 'products/orange.jpg'],
  ['kitchen', 'apple', '#eef1f4', 'products/apple.jpg'],
  ['kitchen', 'blue-cup', '#f2f2f2', 'products/cup.jpg'],
  ['still-life', 'banana', '#00b140', 'green-screen.jpg'],
];
for (const [name, thing, background, file] of things) {
  const { data: mask, info } = await sharp(truth(`${name}.${thing}`))
    .extractChannel(0)
    .raw()
    .toBuffer({ resolveWithObject: true });
  const inside = [...mask.keys()].filter((i) => mask[i] > 127);
  const columns = inside.map((i) => i % info.width);
  const [left, right] = [Math.min(...columns) - 2, Math.max(...columns) + 2];
  const [top, bottom] = [Math.floor(inside[0] / info.width) - 2, Math.floor(inside.at(-1) / info.width) + 2];
  const window = { left, top, width: right - left + 1, height: bottom - top + 1 };
  const alpha = await sharp(truth(`${name}.${thing}`))
    .extractChannel(0)
    .extract(window)
    .blur(0.7)
    .toColourspace('b-w')
    .raw()
    .toBuffer();
  const cut = await sharp(await sharp(example(name)).removeAlpha().extract(window).png().toBuffer())
    .joinChannel(alpha, { raw: { width: window.width, height: window.height, channels: 1 } })
    .png()
    .toBuffer();
  const fitted = await sharp(cut).resize({ width: 300, height: 300, fit: 'inside' }).png().toBuffer();
  await jpeg(
    sharp({ create: { width: 640, height: 480, channels: 3, background } }).composite([
      { input: fitted, left: 180, top: 90 },
    ]),
    file,
  );
}

// A mask drawn by hand, as it were: for a recipe that takes masks from files.
await sharp(truth('still-life.bottle'))
  .resize(SMALL)
  .extractChannel(0)
  .threshold(128)
  .toColourspace('b-w')
  .png()
  .toFile(at('still-life.bottle.png'));
