import { z } from 'zod';
import { findInstances, instanceMask } from '../engine/index.js';
import {
  type AnnotatedImage,
  type Annotation,
  categoriesOf,
  EXPORT_FORMATS,
  type ExportFormat,
} from '../io/export/annotation.js';
import { writeCoco } from '../io/export/coco.js';
import { drawLabels } from '../io/export/label-image.js';
import { writePsdFile } from '../io/export/psd.js';
import { writeSvg } from '../io/export/svg.js';
import { writeYolo } from '../io/export/yolo.js';
import { encodeGray } from '../io/image/encode-gray.js';
import { createHeatmap, type Heatmap, type Mask, type Raster } from '../raster/index.js';
import { flag } from '../sources/schema-fields.js';
import { namesOf } from '../sources/sources.js';
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
  /** Separates touching instances. */
  readonly splitTouching: boolean;
}

/** What a format calls its file. Names end in it whatever `{ext}` says elsewhere. */
const ENDINGS = { coco: 'json', yolo: 'txt', svg: 'svg', 'label-png': 'png', psd: 'psd' } as const;

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
        splitTouching: flag().default(false).describe('separate touching instances, with each'),
      })
      .describe('masks for annotation tools and paint programs'),
  plan: planExport,
  render: async (output, task, [file]) => {
    const { raster } = await task.image();
    const image = await annotate(output, task, raster);
    const data = await encodeExport(output.format, image, raster);
    return {
      files: [{ ...file!, data: typeof data === 'string' ? Buffer.from(data) : data }],
      report: {
        export: file!.path,
        format: output.format,
        categories: categoriesOf([image]),
        annotations: image.annotations.length,
      },
    };
  },
} satisfies OutputModule<ExportOutput>;

function planExport(output: ExportOutput, naming: ImageNaming): PlannedFile[] {
  const kind = output.format === 'label-png' ? 'labels' : output.format;
  const ending = ENDINGS[output.format];
  const path = outputPath({ ...output, name: output.name.replaceAll('{ext}', ending) }, naming, { kind });
  return [{ kind, path }];
}

async function annotate(output: ExportOutput, task: ImageTask, raster: Raster): Promise<AnnotatedImage> {
  const found = await task.found();
  const masks = await Promise.all(found.map(({ mask }) => task.operate(mask)));
  const categories = namesOf(task.sources);
  const annotations = found.flatMap((item, i): Annotation[] => {
    const category = categories[i]!;
    const mask = masks[i]!;
    return output.each
      ? annotateInstances(category, mask, item.heatmap, output.splitTouching)
      : mask.data.some((value) => value >= 128)
        ? [{ category, mask }]
        : [];
  });
  const fileName = task.input.split(/[/\\]/).at(-1)!;
  return { fileName, width: raster.width, height: raster.height, annotations };
}

function annotateInstances(
  category: string,
  mask: Mask,
  heatmap: Heatmap | undefined,
  splitTouching: boolean,
): Annotation[] {
  const probability = createHeatmap(
    mask.width,
    mask.height,
    Float32Array.from(mask.data, (value, i) => (value >= 128 ? Math.max(0.5, heatmap?.data[i] ?? 1) : 0)),
  );
  const instances = findInstances(probability, { threshold: 0.5, splitTouching });
  return instances.instances.map((instance) => ({
    category,
    mask: instanceMask(instances, instance),
    ...(heatmap === undefined ? {} : { score: instance.mean }),
  }));
}

async function encodeExport(format: ExportFormat, image: AnnotatedImage, raster: Raster): Promise<string | Uint8Array> {
  switch (format) {
    case 'coco':
      return writeCoco([image]);
    case 'yolo':
      return writeYolo(image, categoriesOf([image]));
    case 'svg':
      return writeSvg(image);
    case 'label-png':
      return encodeGray(drawLabels(image), {});
    case 'psd':
      return writePsdFile(raster, image);
  }
}
