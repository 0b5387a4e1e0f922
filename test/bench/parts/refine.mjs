// Edges that follow the image: what `--refine` costs at 12 megapixels, and what it gains on the coarse-mask test.
import { refineHeatmap } from '../../../dist/engine/filters/refine-heatmap.js';
import { createHeatmap, createRaster, resizeHeatmap } from '../../../dist/raster/index.js';
import { coarsen, drawScene } from '../../support/drawn-scenes.mjs';
import { boundaryScore, intersectionOverUnion } from '../../support/measure-edges.mjs';
import { compare, figure, median, timed } from '../measure.mjs';

export const title = 'Edges: `--refine`';
export const peer = 'plain bilinear';

export async function measure({ quick }) {
  const scenes = quick ? 1 : 6;
  const score = { plain: { overlap: 0, edge: 0 }, refined: { overlap: 0, edge: 0 } };
  for (let seed = 0; seed < scenes; seed++) {
    const { width, height, rgb, mask } = drawScene(seed);
    const image = createRaster(width, height, 3, rgb);
    const heatmap = createHeatmap(352, 352, coarsen(mask, width, height));
    for (const [name, large] of [
      ['plain', resizeHeatmap(heatmap, image)],
      ['refined', refineHeatmap(heatmap, image)],
    ]) {
      const found = Uint8Array.from(large.data, (value) => (value >= 0.5 ? 255 : 0));
      score[name].overlap += intersectionOverUnion(found, mask) / scenes;
      score[name].edge += boundaryScore(found, mask, width, height) / scenes;
    }
  }
  const { rgb, mask, width, height } = drawScene(0);
  const heatmap = createHeatmap(352, 352, coarsen(mask, width, height));
  const image = createRaster(4000, 3000, 3);
  for (let i = 0; i < image.data.length; i++) {
    image.data[i] = rgb[i % rgb.length];
  }
  const times = { plain: [], refined: [] };
  // Large heatmaps are computed when their data are asked for.
  for (let round = 0; round < (quick ? 1 : 9); round++) {
    times.plain.push((await timed(() => resizeHeatmap(heatmap, image).data)).wall * 1000);
    times.refined.push((await timed(() => refineHeatmap(heatmap, image).data)).wall * 1000);
  }
  const { plain, refined } = score;
  return {
    rows: [
      figure('352 x 352 to 12 MP: wall', 'ms', median(times.refined), { most: 600 }),
      compare('the same / plain bilinear', 'ms', median(times.refined), median(times.plain)),
      compare('coarse-mask test, mean IoU', '', refined.overlap, plain.overlap, { least: 1 }),
      figure('coarse-mask test, boundary F (2 px)', '', refined.edge),
      figure('gain in boundary F', '', refined.edge - plain.edge, { least: 0.15 }),
    ],
    notes: [`${scenes} drawn scenes in the coarse-mask test; edges.md has the held-out scenes.`],
  };
}
