import { histogramBars, histogramLines, shortDepth } from '../depth/histogram.js';
import type { DepthReport } from '../outputs/depth/depth-output.js';
import type { LayersAnalysisReport, LayersReport } from '../outputs/layers/layers-output.js';

/** Bars are no wider, however wide the terminal is. */
const MAX_BAR_COLUMNS = 100;

/** A depth map and the gray images of it, in lines for people. */
export function describeDepth(
  input: string,
  { range, cutoff, background, histogram, images, depthOrder, channel, show }: DepthReport,
): string[] {
  const columns = Math.min(process.stdout.columns ?? 80, MAX_BAR_COLUMNS);
  const facts = [
    ...(channel === undefined ? [] : [`channel ${channel}`]),
    `${shortDepth(range.min)} to ${shortDepth(range.max)}`,
    `${depthOrder === 'near-is-small' ? 'small' : 'large'} = near`,
    ...(cutoff === undefined ? [] : [`cut off at ${shortDepth(cutoff)}`]),
    ...(background === 0 ? [] : [`${(background * 100).toFixed(2)} % background`]),
  ];
  return [
    ...(show.includes('advice')
      ? ['** providing cutting histogram advice, but leaving depthmap unchanged', ...histogramLines(histogram)]
      : []),
    ...(show.includes('bars') ? histogramBars(histogram, columns) : []),
    `${input}  ${facts.join(', ')}`,
    ...Object.values(images).map((path) => `  ${path}`),
  ];
}

/** The layers of an image, or a suggestion how to split it, in lines for people. */
export function describeLayers(input: string, report: LayersReport | LayersAnalysisReport): string[] {
  if ('suggestedLayers' in report) {
    return describeAnalysis(input, report);
  }
  const { layers, depthMap, preview } = report;
  const place = (i: number): string =>
    layers.length === 1 ? '' : i === 0 ? ', back' : i === layers.length - 1 ? ', front' : '';
  return [
    input,
    ...layers.flatMap(({ file, share, occlusion }, i) => [
      `  ${file}  ${(share * 100).toFixed(1)} %${place(i)}`,
      ...(occlusion === undefined ? [] : [`  ${occlusion}`]),
    ]),
    ...[depthMap, preview].flatMap((file) => (file === undefined ? [] : [`  ${file}`])),
  ];
}

function describeAnalysis(input: string, report: LayersAnalysisReport): string[] {
  const { suggestedLayers, suggestedCleanEdgesPx: radius, fragments } = report;
  return [
    `${input}  mean depth ${report.mean.toFixed(3)}, deviation ${report.deviation.toFixed(3)}, ${report.humps} humps`,
    `  suggested: --layers ${suggestedLayers} --clean-edges ${radius === 0 ? 'off' : radius}`,
    ...report.shares.map((shares) => `  ${shares.length} layers: ${shares.map(percent).join(', ')}`),
    `  ${fragments} thin fragments in ${percent(report.fragmentShare)} of the image${fragments === 0 ? '' : '; removed by'}`,
    ...(fragments === 0
      ? []
      : report.removed.map(({ radiusPx, share }) => `    --clean-edges ${radiusPx}: ${percent(share)}`)),
    `  ${report.histogram}`,
  ];
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.01 && share > 0 ? 2 : 0)} %`;
}
