// How long commands take to start, beside an empty node.
import { fileURLToPath } from 'node:url';
import { compare, median, PROGRAM, runProcess } from '../measure.mjs';

export const title = 'Starting';
export const peer = 'an empty node';

const IMAGE = fileURLToPath(new URL('../../../examples/still-life.png', import.meta.url));

export async function measure({ quick, folder }) {
  const find = ['mask', IMAGE, '-tm', 'orange', '--model', 'tiny', '--no-cache', '--outdir', folder];
  const commands = {
    'empty node': ['-e', '0'],
    '--help': [PROGRAM, '--help'],
    'mask --help': [PROGRAM, 'mask', '--help'],
    'mask with the tiny model, 1536 x 1024': [PROGRAM, ...find],
  };
  const times = Object.fromEntries(Object.keys(commands).map((name) => [name, []]));
  const peaks = [];
  for (let run = 0; run <= (quick ? 1 : 11); run++) {
    for (const [name, args] of Object.entries(commands)) {
      const { wall, peak } = await runProcess(process.execPath, args);
      // The first round only warms the file cache.
      if (run > 0) {
        times[name].push(wall);
        peaks.push(peak);
      }
    }
  }
  const limits = { '--help': { most: 2.2 } };
  const [base, ...rest] = Object.keys(commands);
  const rows = rest.map((name) => compare(name, 's', median(times[name]), median(times[base]), limits[name]));
  return { rows, notes: [`Peak memory of finding things with the tiny model: ${Math.max(...peaks).toFixed(0)} MB.`] };
}
