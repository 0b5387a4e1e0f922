import type { Bounds, SeedPoint } from '../../engine/index.js';
import { MaskwrightError } from '../../errors.js';
import type { Size } from '../../raster/index.js';

/** A length along one side of an image: a number of pixels, or a percentage of the side. */
type Coordinate = (side: number) => number;

/** Reads `x,y` or `x,y,-`, in pixels or percent. Throws `OPTION_RANGE`. */
export function parsePoint(value: string): (size: Size) => SeedPoint {
  const [x, y, sign, ...rest] = value.split(',').map((part) => part.trim());
  const [atX, atY] = [parseCoordinate(x), parseCoordinate(y)];
  if (atX === undefined || atY === undefined || rest.length > 0 || !['+', '-', undefined].includes(sign)) {
    throw new MaskwrightError('OPTION_RANGE', `${JSON.stringify(value)} is not a point`, {
      hint: 'a point is x,y in pixels or percent: 120,80 or 50%,40%; x,y,- is a point outside the thing',
    });
  }
  return ({ width, height }) => ({ x: atX(width), y: atY(height), include: sign !== '-' });
}

/** Reads `x,y,width,height`, in pixels or percent. Throws `OPTION_RANGE`. */
export function parseBox(value: string): (size: Size) => Bounds {
  const parts = value.split(',').map((part) => parseCoordinate(part.trim()));
  const [x, y, width, height] = parts;
  if (parts.length !== 4 || x === undefined || y === undefined || width === undefined || height === undefined) {
    throw new MaskwrightError('OPTION_RANGE', `${JSON.stringify(value)} is not a box`, {
      hint: 'a box is x,y,width,height in pixels or percent: 40,60,200,150 or 10%,20%,50%,50%',
    });
  }
  return (size) => ({
    x: x(size.width),
    y: y(size.height),
    width: width(size.width),
    height: height(size.height),
  });
}

function parseCoordinate(value: string | undefined): Coordinate | undefined {
  const [, digits, unit] = /^(-?(?:\d+\.?\d*|\.\d+))(px|%)?$/.exec(value ?? '') ?? [];
  if (digits === undefined) {
    return undefined;
  }
  const amount = Number(digits);
  return (side) => (unit === '%' ? (amount / 100) * side : amount);
}
