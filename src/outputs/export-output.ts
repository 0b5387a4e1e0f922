import { z } from 'zod';
import { type AnnotatedImage, type Annotation, EXPORT_FORMATS, type ExportFormat } from '../io/export/annotation.js';
import { writeCoco } from '../io/export/coco.js';
import { drawLabels } from '../io/export/label-image.js';
import { writePsdFile } from '../io/export/psd.js';
import { writeSvg } from '../io/export/svg.js';
import { writeYolo } from '../io/export/yolo.js';
import { encodeGray } from '../io/image/encode-gray.js';
import type { Raster } from '../raster/index.js';
import { flag } from '../sources/schema-fields.js';
import { namesOf } from '../sources/sources.js';
import { separateInstances } from './instances/separate-instances.js';
import { outputPath } from './name-output.js';
import {
  type ImageNaming,
  type ImageTask,
  type OutputFields,
  outputFields,
  type OutputModule,
  type PlannedFile,
} from './output.js';

/** Masks as files of annotation tools and paint programs. */
export interface ExportOutput extends OutputFields {
  readonly kind: 'export';
  readonly format: ExportFormat;
  /** Each instance as an annotation by itself, not each source. */
  readonly each: boolean;
}

/** What the files of each format are called. */
const FILES = {
  coco: { kind: 'coco', ext: 'json' },
  yolo: { kind: 'yolo', ext: 'txt' },
  svg: { kind: 'masks', ext: 'svg' },
  'label-png': { kind: 'labels', ext: 'png' },
  psd: { kind: 'masks', ext: 'psd' },
} as const;

export const exportOutput = {
  needsMask: true,
  schema: (fields) =>
    z
      .strictObject({
        kind: z.literal('export'),
        ...outputFields('{stem}.{kind}.{ext}', fields),
        format: z
          .enum(EXPORT_FORMATS)
          .describe('coco (JSON), yolo (outlines), svg, label-png (a value each), psd (layers)'),
        each: flag().default(false).describe('each instance by itself, not each source'),
      })
      .describe('masks for annotation tools and paint programs'),
  plan: planExport,
  render: async (output, task, [file, classesFile]) => {
    const { raster } = await task.image();
    const things = await findThings(output, task);
    const categories = [...new Set(namesOf(task.sources))];
    const annotations = things.filter(({ mask }) => mask.data.some((value) => value >= 128));
    const fileName = task.input.split(/[/\\]/).at(-1)!;
    const image = { fileName, width: raster.width, height: raster.height, annotations };
    const data = await encodeExport(output.format, image, categories, things, raster);
    return {
      files: [
        { ...file!, data: typeof data === 'string' ? Buffer.from(data) : data },
        ...(classesFile === undefined
          ? []
          : [{ ...classesFile, data: categories.map((name) => `${name}\n`).join('') }]),
      ],
      report: {
        path: file!.path,
        format: output.format,
        categories,
        annotations: annotations.length,
        // Value k + 1 of a label image is this category.
        ...(output.format === 'label-png' ? { labels: things.map(({ category }) => category) } : {}),
      },
    };
  },
} satisfies OutputModule<ExportOutput>;

/** YOLO's labels have their categories in a file beside them. */
function planExport(output: ExportOutput, naming: ImageNaming): PlannedFile[] {
  const { kind, ext } = FILES[output.format];
  const path = outputPath(output, naming, { kind, ext, extra: true, ...(output.each ? { instance: 'all' } : {}) });
  return [
    { kind, path },
    ...(output.format === 'yolo' ? [{ kind: 'classes', path: path.replace(/(\.[^.]*)?$/, '.classes.txt') }] : []),
  ];
}

/** A mask for each source, which may be empty, or for each instance of each. */
async function findThings({ each }: ExportOutput, task: ImageTask): Promise<Annotation[]> {
  const found = await task.found();
  const names = namesOf(task.sources);
  const things: Annotation[] = [];
  for (const [i, item] of found.entries()) {
    const source = task.sources[i]!;
    const category = names[i]!;
    if (!each) {
      things.push({ category, mask: await task.operate(item.mask) });
      continue;
    }
    const heatmap = source.invert === true ? undefined : item.heatmap;
    const threshold = heatmap && Number(item.provenance['threshold'] ?? 0.5);
    const separated = await separateInstances({ mask: item.mask, heatmap, threshold }, task);
    for (const instance of separated.instances) {
      const score = heatmap === undefined ? {} : { score: instance.mean };
      things.push({ category, mask: await separated.maskOf(instance), ...score });
    }
  }
  return things;
}

async function encodeExport(
  format: ExportFormat,
  image: AnnotatedImage,
  categories: readonly string[],
  things: readonly Annotation[],
  raster: Raster,
): Promise<string | Uint8Array> {
  switch (format) {
    case 'coco':
      return writeCoco([image], categories);
    case 'yolo':
      return writeYolo(image, categories);
    case 'svg':
      return writeSvg(image);
    case 'label-png':
      return encodeGray(drawLabels({ ...image, annotations: things }), {});
    case 'psd':
      return writePsdFile(raster, image);
  }
}
