import { createMask, type Raster, toEightBit } from '../../raster/index.js';
import type { Layer, Psd } from 'ag-psd';
import { type AnnotatedImage, type Annotation, annotationError } from './annotation.js';

/**
 * The image and its annotations as a Photoshop file: the image as bottom layer, above it one layer for each annotation
 * with the colors of the image and the mask as layer mask, so that edges stay editable. Gray masks are kept as they are.
 */
export async function writePsdFile(image: Raster, { annotations }: AnnotatedImage): Promise<Uint8Array> {
  const { writePsdUint8Array } = await import('ag-psd');
  const { width, height } = image;
  const imageData = { width, height, data: toRgba(image) };
  const psd: Psd = {
    width,
    height,
    imageData,
    children: [
      { name: 'image', imageData },
      ...annotations.map(({ category, mask }): Layer => ({
        name: category,
        imageData,
        mask: {
          top: 0,
          left: 0,
          right: width,
          bottom: height,
          defaultColor: 0,
          imageData: { width, height, data: grayToRgba(mask.data) },
        },
      })),
    ],
  };
  return writePsdUint8Array(psd, { noBackground: true, psb: Math.max(width, height) > 30_000 });
}

function toRgba(image: Raster): Uint8ClampedArray {
  const { data, channels } = toEightBit(image);
  const out = new Uint8ClampedArray((data.length / channels) * 4);
  for (let i = 0, j = 0; j < out.length; i += channels, j += 4) {
    out[j] = data[i]!;
    out[j + 1] = data[i + 1]!;
    out[j + 2] = data[i + 2]!;
    out[j + 3] = channels === 4 ? data[i + 3]! : 255;
  }
  return out;
}

function grayToRgba(gray: Uint8Array): Uint8ClampedArray {
  const out = new Uint8ClampedArray(gray.length * 4);
  for (let i = 0, j = 0; i < gray.length; i++, j += 4) {
    out[j] = out[j + 1] = out[j + 2] = gray[i]!;
    out[j + 3] = 255;
  }
  return out;
}

/**
 * The layers of a Photoshop file as annotations: the layer mask of each layer that has one, else its transparency
 * where it has any. Gray values are kept. Names are those of the layers.
 *
 * @throws `INPUT_FORMAT` for a file that is not PSD or cannot be read
 */
export async function readPsdFile(
  name: string,
  bytes: Uint8Array,
): Promise<{ readonly width: number; readonly height: number; readonly annotations: Annotation[] }> {
  const { initializeCanvas, readPsd } = await import('ag-psd');
  // Pixels are wanted as arrays; ag-psd asks for a maker of them where there is no DOM.
  initializeCanvas(
    () => {
      throw new Error('layers that need a canvas are not read');
    },
    (columns, rows) => ({
      width: columns,
      height: rows,
      data: new Uint8ClampedArray(columns * rows * 4),
      colorSpace: 'srgb',
    }),
  );
  let psd: Psd;
  try {
    psd = readPsd(bytes, { useImageData: true, skipCompositeImageData: true, skipThumbnail: true });
  } catch (error) {
    throw annotationError(
      name,
      `cannot be read as PSD: ${error instanceof Error ? error.message : String(error)}`,
      'save it as 8-bit RGB PSD',
    );
  }
  const { width, height } = psd;
  const annotations = layersOf(psd.children ?? []).flatMap((layer): Annotation[] => {
    const data = maskOf(layer) ?? alphaOf(layer);
    return data === undefined
      ? []
      : [{ category: layer.name ?? '', mask: createMask(width, height, place(data, width, height)) }];
  });
  return { width, height, annotations };
}

function layersOf(layers: readonly Layer[]): Layer[] {
  return layers.flatMap((layer) => [layer, ...layersOf(layer.children ?? [])]);
}

interface Plane {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly outside: number;
  readonly at: (i: number) => number;
}

function maskOf({ mask }: Layer): Plane | undefined {
  if (mask?.imageData === undefined || mask.disabled === true) {
    return undefined;
  }
  const { width, height, data } = mask.imageData;
  const at = (i: number): number => data[i * 4]!;
  return { left: mask.left ?? 0, top: mask.top ?? 0, width, height, outside: mask.defaultColor ?? 0, at };
}

function alphaOf({ imageData, left = 0, top = 0 }: Layer): Plane | undefined {
  if (imageData?.data.every((value, i) => i % 4 !== 3 || value === 255) ?? true) {
    return undefined;
  }
  const { width, height, data } = imageData!;
  return { left, top, width, height, outside: 0, at: (i) => data[i * 4 + 3]! };
}

function place({ left, top, width, height, outside, at }: Plane, fullWidth: number, fullHeight: number): Uint8Array {
  const out = new Uint8Array(fullWidth * fullHeight).fill(outside);
  for (let y = Math.max(0, -top); y < Math.min(height, fullHeight - top); y++) {
    for (let x = Math.max(0, -left); x < Math.min(width, fullWidth - left); x++) {
      out[(y + top) * fullWidth + x + left] = at(y * width + x);
    }
  }
  return out;
}
