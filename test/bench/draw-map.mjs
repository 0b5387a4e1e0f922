import { encodeExr, init } from 'exrs';

/** Hills with grain: almost every pixel has a depth of its own, as in a rendered map. */
export function drawMap({ width, height }) {
  const data = new Float32Array(width * height);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      data[i] = 300 + 150 * Math.sin(x / 700) * Math.cos(y / 500) + y / 50 + ((x * 7919 + y * 104_729) % 1009) / 2000;
    }
  }
  return { kind: 'depth', width, height, data, depthOrder: 'near-is-small', unit: 'distance' };
}

/** A depth map as an EXR file. */
export async function encodeMap({ width, height, data }) {
  await init();
  const layer = { channelNames: ['Z'], interleavedPixels: data, precision: 'f32', compression: 'zip16' };
  return encodeExr({ width, height, layers: [layer] });
}
