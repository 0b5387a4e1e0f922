// Grey levels of a 12 megapixel depth map, against lists and dictionaries in Python; memory of the whole command.
//   npm run build && node test/bench/depth.mjs [runs]
// Processor time is compared, each pair measured one after the other, so that other work does not count.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodeExr, init } from 'exrs';
import { initialSplits } from '../../dist/depth/grey-splits.js';
import { mapGreys } from '../../dist/depth/map-greys.js';
import { depthRange } from '../../dist/depth/normalize-depth.js';

const WIDTH = 4000;
const HEIGHT = 3000;
const runs = Number(process.argv[2] ?? 1);
const folder = mkdtempSync(join(tmpdir(), 'maskwright-depth-bench-'));
const script = fileURLToPath(new URL('depth_greys.py', import.meta.url));
const program = fileURLToPath(new URL('../../bin/maskwright.js', import.meta.url));

/** Hills with grain: almost every pixel has a depth of its own, as in a rendered map. */
function drawMap() {
  const data = new Float32Array(WIDTH * HEIGHT);
  for (let y = 0, i = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++, i++) {
      data[i] = 300 + 150 * Math.sin(x / 700) * Math.cos(y / 500) + y / 50 + ((x * 7919 + y * 104_729) % 1009) / 2000;
    }
  }
  return { kind: 'depth', width: WIDTH, height: HEIGHT, data, near: 'small', unit: 'distance' };
}

function timed(work) {
  const wall = performance.now();
  const cpu = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(cpu);
  return { result, cpu: (user + system) / 1e6, wall: (performance.now() - wall) / 1000 };
}

const map = drawMap();
const values = join(folder, 'values.f32');
writeFileSync(values, map.data);
console.log(`${WIDTH} x ${HEIGHT}, ${new Set(map.data).size} different depths; processor seconds (wall)`);
for (const mode of ['plain', 'compress']) {
  for (let run = 0; run < runs; run++) {
    const out = join(folder, 'out.bin');
    const [pythonCpu, pythonWall] = execFileSync('python3', [script, values, mode, out], { encoding: 'utf8' })
      .split(' ')
      .map(Number);
    const ours = timed(() => mapGreys(map, initialSplits(depthRange(map)), { compress: mode === 'compress' }));
    const same = Buffer.compare(Buffer.from(ours.result.data), readFileSync(out)) === 0;
    console.log(
      `${mode.padEnd(9)} python ${pythonCpu.toFixed(2)} (${pythonWall.toFixed(2)})  here ${ours.cpu.toFixed(2)} (${ours.wall.toFixed(2)})  ` +
        `1/${(pythonCpu / ours.cpu).toFixed(0)}  ${same ? 'same greys' : 'GREYS DIFFER'}`,
    );
  }
}

await init();
const exr = join(folder, 'map.exr');
writeFileSync(
  exr,
  encodeExr({
    width: WIDTH,
    height: HEIGHT,
    layers: [{ channelNames: ['Z'], interleavedPixels: map.data, precision: 'f32', compression: 'zip16' }],
  }),
);
const hook = `data:text/javascript,process.on('exit',()=>console.error('RSS',process.resourceUsage().maxRSS))`;
for (const options of [['--mask'], ['--mask', '--compress-map'], ['--bits', '16']]) {
  const began = performance.now();
  const { stderr } = spawnSync(process.execPath, ['--import', hook, program, 'depth', exr, '--force', ...options], {
    encoding: 'utf8',
  });
  const megabytes = Number(/RSS (\d+)/.exec(stderr)[1]) / 1024;
  console.log(
    `maskwright depth 12MP.exr ${options.join(' ')}: ${((performance.now() - began) / 1000).toFixed(1)} s, ${megabytes.toFixed(0)} MB at most`,
  );
}
rmSync(folder, { recursive: true });
