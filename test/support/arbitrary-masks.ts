import fc from 'fast-check';
import { createMask, createRaster, type Mask, type Raster } from '../../src/raster/index.js';

export interface MaskShape {
  readonly maxSide?: number;
  readonly binary?: boolean;
}

/**
 * Masks of every size up to `maxSide`, down to one pixel: noise of any density, blocks, soft values, and masks
 * of one value.
 */
export function arbitraryMask({ maxSide = 12, binary = false }: MaskShape = {}): fc.Arbitrary<Mask> {
  return fc
    .record({
      width: fc.integer({ min: 1, max: maxSide }),
      height: fc.integer({ min: 1, max: maxSide }),
      cell: fc.integer({ min: 1, max: 3 }),
    })
    .chain(({ width, height, cell }) => {
      const columns = Math.ceil(width / cell);
      const cells = columns * Math.ceil(height / cell);
      return arbitraryValues(cells, binary).map((values) =>
        createMask(
          width,
          height,
          Uint8Array.from(
            { length: width * height },
            (_, i) => values[Math.floor(Math.floor(i / width) / cell) * columns + Math.floor((i % width) / cell)]!,
          ),
        ),
      );
    });
}

/** Two or more masks of one size. */
export function arbitraryMasks(count: number, shape: MaskShape = {}): fc.Arbitrary<Mask[]> {
  return arbitraryMask(shape).chain((first) =>
    fc
      .tuple(...Array.from({ length: count - 1 }, () => arbitraryValues(first.data.length, shape.binary ?? false)))
      .map((rest) =>
        [first].concat(rest.map((values) => createMask(first.width, first.height, Uint8Array.from(values)))),
      ),
  );
}

/** An image of a given size: values at the ends of the range and equal neighbors are common. */
export function arbitraryRaster(
  width: number,
  height: number,
  channels: 3 | 4,
  bits: 8 | 16 = 8,
): fc.Arbitrary<Raster> {
  const maximum = bits === 8 ? 255 : 65535;
  const length = width * height * channels;
  return fc
    .array(fc.oneof(fc.constantFrom(0, 1, maximum), fc.integer({ min: 0, max: maximum })), {
      minLength: length,
      maxLength: length,
    })
    .map((values) =>
      createRaster(width, height, channels, bits === 8 ? Uint8Array.from(values) : Uint16Array.from(values)),
    );
}

function arbitraryValues(length: number, binary: boolean): fc.Arbitrary<readonly number[]> {
  const size = { minLength: length, maxLength: length };
  const sparse = fc.array(fc.oneof({ weight: 12, arbitrary: fc.constant(0) }, fc.constant(255)), size);
  const dense = fc.array(fc.oneof({ weight: 12, arbitrary: fc.constant(255) }, fc.constant(0)), size);
  const even = fc.array(fc.constantFrom(0, 255), size);
  const soft = fc.array(fc.oneof(fc.constantFrom(0, 1, 127, 128, 254, 255), fc.integer({ min: 0, max: 255 })), size);
  return binary ? fc.oneof(sparse, dense, even) : fc.oneof(sparse, even, soft, soft);
}
