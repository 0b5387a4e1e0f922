import { MaskwrightError } from '../../errors.js';
import { createMask, type Mask, type Raster, type Size } from '../../raster/index.js';
import { cutWindow, type EdgeFill } from './window.js';

/** Pixels added on each side. */
export interface Margins {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** How `extendCanvas` fills and blends the new margins. */
export interface ExtendCanvasOptions {
  /** The new area starts as the nearest edge pixel, or as the image mirrored at its edge. */
  readonly fill: EdgeFill;
  /** Pixels of the image, beside each extended edge, that are painted over with falling strength. */
  readonly overlapPx: number;
}

/** What `extendCanvas` takes for what was left out. */
export const EXTEND_CANVAS_DEFAULTS: ExtendCanvasOptions = { fill: 'bleed', overlapPx: 32 };

/** A larger image, and the mask of what is new in it. */
export interface ExtendedCanvas {
  readonly raster: Raster;
  /** 255 in the new area, falling linearly to 0 over the overlap. */
  readonly mask: Mask;
}

/**
 * A larger canvas around an image, its edges continued, and the mask of what is new. The image's own
 * samples stay as they are.
 * Throws `OPTION_RANGE` where nothing is added, or where the overlap leaves nothing of the image.
 */
export function extendCanvas(
  raster: Raster,
  margins: Margins,
  options: ExtendCanvasOptions = EXTEND_CANVAS_DEFAULTS,
): ExtendedCanvas {
  const { left, top, right, bottom } = margins;
  if (left + top + right + bottom === 0) {
    throw new MaskwrightError('OPTION_RANGE', 'the canvas is not extended on any side', {
      hint: 'give --left, --top, --right, --bottom or --all',
    });
  }
  const window = { x: -left, y: -top, width: raster.width + left + right, height: raster.height + top + bottom };
  return {
    raster: cutWindow(raster, window, options.fill),
    mask: drawMask(raster, window, margins, options.overlapPx),
  };
}

function drawMask(image: Size, canvas: Size, margins: Margins, overlapPx: number): Mask {
  const columns = strengths(image.width, margins.left, margins.right, overlapPx, 'width');
  const rows = strengths(image.height, margins.top, margins.bottom, overlapPx, 'height');
  const data = new Uint8Array(canvas.width * canvas.height);
  for (let y = 0, i = 0; y < canvas.height; y++) {
    const row = rows[y]!;
    for (let x = 0; x < canvas.width; x++, i++) {
      data[i] = Math.max(row, columns[x]!);
    }
  }
  return createMask(canvas.width, canvas.height, data);
}

function strengths(length: number, before: number, after: number, overlapPx: number, side: string): Uint8Array {
  if ((before > 0 ? overlapPx : 0) + (after > 0 ? overlapPx : 0) >= length) {
    throw new MaskwrightError(
      'OPTION_RANGE',
      `an overlap of ${overlapPx} px leaves nothing of the image's ${side} of ${length}`,
      {
        hint: 'make --overlap smaller',
      },
    );
  }
  const values = new Uint8Array(before + length + after);
  values.fill(255, 0, before);
  values.fill(255, before + length);
  for (let i = 0; i < overlapPx; i++) {
    const value = Math.round((255 * (overlapPx - i)) / (overlapPx + 1));
    if (before > 0) values[before + i] = value;
    if (after > 0) values[before + length - 1 - i] = Math.max(values[before + length - 1 - i]!, value);
  }
  return values;
}
