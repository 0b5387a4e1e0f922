import type { DetectionStats } from '../../engine/detection/detection-stats.js';
import type { InstanceReport, MaskReport } from '../../outputs/debug-output.js';
import type { DepthReport } from '../../outputs/depth/depth-output.js';
import type { ChannelsReport } from '../../outputs/channel-output.js';
import type { CompositeReport } from '../../outputs/composite-output.js';
import type { CropReport } from '../../outputs/inpaint/crop-output.js';
import type { TargetReport } from '../../outputs/inpaint/target-files.js';
import type { LayersAnalysisReport, LayersReport } from '../../outputs/layers/layers-output.js';
import type { OutputReport, RecipeResult } from '../../run/run-recipe.js';
import { describeDepth, describeLayers } from '../describe-depth.js';

export interface DescribeOptions {
  readonly verbose?: boolean | undefined;
}

/** What was made of one image, in lines for people. */
export function describeResult(result: RecipeResult, options: DescribeOptions = {}): string[] {
  return result.outputs.flatMap((output) => describeOutput(output, result, options));
}

function describeOutput(
  output: OutputReport,
  { input, share, bounds, width, height }: RecipeResult,
  { verbose = false }: DescribeOptions,
): string[] {
  switch (output.kind) {
    case 'debug':
      return (output['masks'] as MaskReport[]).flatMap((report) => describeMask(input, report));
    case 'mask':
      return [`${String(output['mask'])}  ${width ?? 0} x ${height ?? 0}, ${describeSelection(share ?? 0, bounds)}`];
    case 'trimap':
      return [`${String(output['trimap'])}  the trimap: gray is solved`];
    case 'inpaint': {
      const colors = output['decontaminated'] === true ? 'colors of its soft edges are cleaned' : 'every color is kept';
      return [`${String(output['output'])}  ${percent(share ?? 0)} of the image is to be painted; ${colors}`];
    }
    case 'target':
      return [output['target'] ?? [], output['targets'] ?? []]
        .flat()
        .flatMap((report) => describeTarget(report as TargetReport));
    case 'crop':
      return (output['crops'] as CropReport[]).flatMap((crop) => [
        ...crop.notes.map((note, i) => (i === 0 ? `${input}  ${note}` : `  ${note}`)),
        ...(crop.target === undefined ? describeCropFiles(crop) : describeTarget(crop.target)),
      ]);
    case 'outpaint': {
      const { image, mask, width: wide, height: high } = output['extended'] as Record<string, string | undefined>;
      return [
        `${image}  ${wide} x ${high}`,
        ...(mask === undefined ? [] : [`${mask}  white = paint`]),
        ...(output['target'] === undefined ? [] : describeTarget(output['target'] as TargetReport)),
      ];
    }
    case 'export': {
      const count = Number(output['annotations']);
      return [`${String(output['path'])}  ${count} ${count === 1 ? 'annotation' : 'annotations'}`];
    }
    case 'layers':
      return describeLayers(input, output as unknown as LayersReport | LayersAnalysisReport);
    case 'depth':
      return describeDepth(input, output as unknown as DepthReport);
    case 'composite':
      return [
        ...(verbose ? [`${input}  ${width ?? 0} x ${height ?? 0}`] : []),
        ...describeComposite(output as unknown as CompositeReport, verbose),
      ];
    case 'channel': {
      const { masks, sheet } = output as unknown as ChannelsReport;
      return [
        input,
        ...masks.map(({ file, share: selected }) => `  ${file}  ${percent(selected)} selected`),
        ...(sheet === undefined ? [] : [`  ${sheet}`]),
      ];
    }
  }
}

function describeComposite(report: CompositeReport, verbose: boolean): string[] {
  const { output, mask, masks, channels, bitDepth, share } = report;
  const details = [
    `  ${channels === 4 ? 'RGBA' : 'RGB'}, ${bitDepth} bits a channel`,
    ...masks.map((label, i) => `  mask ${i + 1}: ${label}`),
  ];
  return [
    ...(verbose ? details : []),
    `${output}  ${percent(share)} of the overlay${masks.length === 0 ? ', without a mask' : ''}`,
    ...(mask === undefined ? [] : [`${mask}  the mask, white = overlay`]),
  ];
}

/** What was written for a target and what to do with it. */
function describeTarget({ files, size, nextStep, restoreStep }: TargetReport): string[] {
  return [
    `${files.image}  ${size.width} x ${size.height}`,
    ...(files.mask === undefined ? [] : [files.mask]),
    `  next: ${nextStep}`,
    `  then: ${restoreStep}`,
  ];
}

type DetectedReport = MaskReport & {
  readonly peak?: number;
  readonly threshold?: number;
  readonly absent?: string;
  readonly detections?: Readonly<Record<string, DetectionStats>>;
};

function describeMask(input: string, report: MaskReport): string[] {
  const { label, share, bounds, files, peak, threshold, absent, detections = {} } = report as DetectedReport;
  const nothing =
    absent !== undefined
      ? `nothing is selected: ${absent}`
      : peak === undefined
        ? 'nothing is selected'
        : describeMiss(peak, threshold ?? 0);
  const confidence = peak === undefined ? '' : `, peak ${peak.toFixed(2)}`;
  const found = bounds === undefined ? nothing : describeSelection(share, bounds, confidence);
  return [
    `${input}  ${label}: ${found}`,
    ...describeDetections(detections),
    ...Object.values(files).map((path) => `  ${path}`),
    ...report.instances.flatMap((instance) => describeInstance(instance)),
  ];
}

/** An instance that was written by itself. */
function describeInstance({ instance, area, bounds, files = {} }: InstanceReport): string[] {
  const { x, y, width, height } = bounds;
  const paths = Object.values(files).map((path) => `    ${path}`);
  return paths.length === 0 ? [] : [`  #${instance}: ${area} pixels, ${width} x ${height} at ${x},${y}`, ...paths];
}

/** What each phrase found, where that is not the same as what the mask selects, and where it is doubtful. */
function describeDetections(detections: Readonly<Record<string, DetectionStats>>): string[] {
  const entries = Object.entries(detections);
  return entries.flatMap(([phrase, { presence, peak, mean, share, threshold, parts }]) => {
    if (entries.length === 1 && presence === 'present') {
      return [];
    }
    return presence === 'absent'
      ? [`  ${phrase}: absent (peak ${peak.toFixed(2)}, threshold ${threshold})`]
      : [
          `  ${phrase}: ${presence} (peak ${peak.toFixed(2)}, mean ${mean.toFixed(2)}, threshold ${threshold}), ` +
            `${percent(share)} in ${parts} ${parts === 1 ? 'component' : 'components'}`,
        ];
  });
}

function describeMiss(peak: number, threshold: number): string {
  if (peak >= threshold) {
    return `nothing is left of what reaches ${threshold}`;
  }
  // Rounded down, so that the threshold that is named does select something.
  const enough = Math.floor(peak * 1000) / 1000;
  return enough > 0
    ? `nothing reaches ${threshold}; peak ${peak.toFixed(3)}, a threshold of ${enough} would select something`
    : `nothing reaches ${threshold}; peak 0.000, not even a threshold of 0.001 would select anything`;
}

function describeSelection(share: number, bounds: RecipeResult['bounds'], more = ''): string {
  const where = bounds === undefined ? '' : `, ${bounds.width} x ${bounds.height} at ${bounds.x},${bounds.y}`;
  return `${percent(share)} selected${more}${where}`;
}

function describeCropFiles({ files, restoreStep }: CropReport): string[] {
  return [
    `  ${files.image}`,
    `  ${files.mask}  white = paint`,
    `  ${files.stitch}  white = what stitching may change`,
    `  then: ${restoreStep}`,
  ];
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.01 ? 2 : 1)} %`;
}
