import { createRaster, type Mask, type Raster, resizeRaster, toEightBit } from '../raster/index.js';
import { channelMask, type ChannelMaskOptions } from '../engine/color/channel-mask.js';
import { CHANNEL_NAMES, type ChannelName } from '../engine/color/channel-names.js';

const COLUMNS = 4;
const CELL_WIDTH = 280;
const GAP = 8;
const LABEL_HEIGHT = 28;
const GROUND = 32;
const INK = 224;

/**
 * A contact sheet: the image, and every channel of it as a mask with its name below. Channels are made of
 * the small image, so that fine grain looks softer than it will be.
 */
export function drawChannelSheet(raster: Raster, options: ChannelMaskOptions = {}): Raster {
  const scale = Math.min(1, CELL_WIDTH / Math.max(raster.width, raster.height));
  const width = Math.max(1, Math.round(raster.width * scale));
  const height = Math.max(1, Math.round(raster.height * scale));
  const small = toEightBit(resizeRaster(raster, { width, height }));
  const cells = CHANNEL_NAMES.length + 1;
  const rows = Math.ceil(cells / COLUMNS);
  const sheetWidth = COLUMNS * (CELL_WIDTH + GAP) + GAP;
  const sheetHeight = rows * (height + GAP + LABEL_HEIGHT) + GAP;
  const data = new Uint8Array(sheetWidth * sheetHeight * 3).fill(GROUND);
  const sheet = createRaster(sheetWidth, sheetHeight, 3, data);
  const placeOf = (cell: number): { x: number; y: number } => ({
    x: GAP + (cell % COLUMNS) * (CELL_WIDTH + GAP),
    y: GAP + Math.floor(cell / COLUMNS) * (height + GAP + LABEL_HEIGHT),
  });
  paste(data, sheetWidth, small, placeOf(0));
  CHANNEL_NAMES.forEach((name: ChannelName, index) => {
    const { x, y } = placeOf(index + 1);
    paste(data, sheetWidth, channelMask(small, name, { ...options, within: undefined }), { x, y });
    write(data, sheetWidth, name, { x, y: y + height + 6 });
  });
  return sheet;
}

function paste(
  target: Uint8Array,
  targetWidth: number,
  image: Raster | Mask,
  { x, y }: { readonly x: number; readonly y: number },
): void {
  const channels = image.kind === 'mask' ? 1 : image.channels;
  for (let row = 0, i = 0; row < image.height; row++) {
    let at = ((y + row) * targetWidth + x) * 3;
    for (let column = 0; column < image.width; column++, i += channels, at += 3) {
      for (let c = 0; c < 3; c++) {
        target[at + c] = image.data[i + (channels === 1 ? 0 : c)]!;
      }
    }
  }
}

/** The letters that channels' names have, 5 x 7 points in rows of 5 bits. */
const GLYPHS: Readonly<Record<string, readonly number[]>> = {
  '.': [0, 0, 0, 0, 0, 12, 12],
  a: [0, 0, 14, 1, 15, 17, 15],
  b: [16, 16, 30, 17, 17, 17, 30],
  g: [0, 15, 17, 17, 15, 1, 14],
  h: [16, 16, 30, 17, 17, 17, 17],
  l: [12, 4, 4, 4, 4, 4, 14],
  p: [0, 0, 30, 17, 30, 16, 16],
  r: [0, 0, 22, 25, 16, 16, 16],
  s: [0, 0, 15, 16, 14, 1, 30],
  u: [0, 0, 17, 17, 17, 19, 13],
  v: [0, 0, 17, 17, 17, 10, 4],
  y: [0, 0, 17, 17, 15, 1, 14],
};

const POINT = 2;

function write(
  target: Uint8Array,
  targetWidth: number,
  text: string,
  { x, y }: { readonly x: number; readonly y: number },
): void {
  for (let letter = 0; letter < text.length; letter++) {
    const rows = GLYPHS[text[letter]!]!;
    const left = x + letter * 6 * POINT;
    for (let row = 0; row < 7 * POINT; row++) {
      const bits = rows[Math.floor(row / POINT)]!;
      for (let column = 0; column < 5 * POINT; column++) {
        if (((bits >> (4 - Math.floor(column / POINT))) & 1) === 1) {
          target.fill(
            INK,
            ((y + row) * targetWidth + left + column) * 3,
            ((y + row) * targetWidth + left + column + 1) * 3,
          );
        }
      }
    }
  }
}
