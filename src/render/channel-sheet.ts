import { flatten, maskToRaster, type Raster, resizeRaster, toEightBit } from '../raster/index.js';
import { channelMask, type ChannelMaskOptions } from '../engine/color/channel-mask.js';
import { CHANNEL_NAMES } from '../engine/color/channel-names.js';
import { canvasToRaster, createCanvas, drawRaster, drawText } from './canvas.js';
import { PAPER, SHEET_TEXT, sheetCells } from './sheet-layout.js';

const COLUMNS = 4;
const PANEL_SIDE = 280;

/**
 * A contact sheet, 8-bit RGB: the image, and every channel of it as a mask over its name. Channels are
 * computed on the small image, so that fine grain looks softer than it will be.
 */
export function drawChannelSheet(raster: Raster, options: ChannelMaskOptions = {}): Raster {
  const scale = Math.min(1, PANEL_SIDE / Math.max(raster.width, raster.height));
  const width = Math.max(1, Math.round(raster.width * scale));
  const height = Math.max(1, Math.round(raster.height * scale));
  const small = toEightBit(resizeRaster(raster, { width, height }));
  const cells = sheetCells({ width: PANEL_SIDE, height }, CHANNEL_NAMES.length + 1, COLUMNS);
  const canvas = createCanvas(cells.width, cells.height, PAPER);
  const image = cells.place(0);
  drawRaster(canvas, flatten(small), image.x, image.y);
  for (const [i, name] of CHANNEL_NAMES.entries()) {
    const { x, y, labelY } = cells.place(i + 1);
    drawRaster(canvas, maskToRaster(channelMask(small, name, { ...options, within: undefined })), x, y);
    drawText(canvas, name, x, labelY, SHEET_TEXT);
  }
  return canvasToRaster(canvas);
}
