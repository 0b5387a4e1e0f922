// Stores what draw_depth_example.py prints as examples/still-life.exr: one channel Z, 16-bit floats.
import { readFileSync, writeFileSync } from 'node:fs';
import { encodeExr, init } from 'exrs';

await init();
const bytes = readFileSync(0);
const interleavedPixels = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
const layers = [{ name: 'depth', channelNames: ['Z'], interleavedPixels, precision: 'f16', compression: 'piz' }];
writeFileSync(new URL('../../examples/still-life.exr', import.meta.url), encodeExr({ width: 1536, height: 1024, layers }));
