import { basename, dirname } from 'node:path';
import { assertSameSize } from '../raster/index.js';
import { z } from 'zod';
import { alphaSource, type AlphaSource } from './alpha-source.js';
import { channelSource, type ChannelSource } from './channel-source.js';
import { depthSource, type DepthRangeSource } from './depth-source.js';
import { fileSource, type FileSource } from './file-source.js';
import { heatmapSource, type HeatmapSource } from './heatmap-source.js';
import { keySource, type KeySource } from './key-source.js';
import { promptSource, type PromptSource } from './prompt-source.js';
import type { PathFields } from './schema-fields.js';
import { seedsSource, type SeedsSource } from './interaction/seeds-source.js';
import { groundSource, type GroundSource } from './segmentation/ground-source.js';
import { partSource, type PartSource } from './segmentation/part-source.js';
import { subjectSource, type SubjectSource } from './segmentation/subject-source.js';
import type { FoundMask, SourceImage, SourceModule, SourceSettings } from './source.js';
import { wandSource, type WandSource } from './interaction/wand-source.js';

/** Where a mask comes from. */
export type MaskSource =
  | PromptSource
  | FileSource
  | HeatmapSource
  | ChannelSource
  | KeySource
  | DepthRangeSource
  | AlphaSource
  | SeedsSource
  | SubjectSource
  | PartSource
  | GroundSource
  | WandSource;

/** Every kind of source, by its name in a recipe. */
const SOURCES = {
  prompt: promptSource,
  file: fileSource,
  heatmap: heatmapSource,
  channel: channelSource,
  key: keySource,
  depth: depthSource,
  alpha: alphaSource,
  seeds: seedsSource,
  wand: wandSource,
  subject: subjectSource,
  part: partSource,
  ground: groundSource,
} as const satisfies { readonly [Kind in MaskSource['kind']]: SourceModule<Extract<MaskSource, { kind: Kind }>> };

/** How a recipe writes its sources. */
export function sourcesSchema(fields: PathFields) {
  const one = z.discriminatedUnion('kind', [
    SOURCES.prompt.schema(fields),
    SOURCES.file.schema(fields),
    SOURCES.heatmap.schema(fields),
    SOURCES.channel.schema(fields),
    SOURCES.key.schema(fields),
    SOURCES.depth.schema(fields),
    SOURCES.alpha.schema(fields),
    SOURCES.seeds.schema(fields),
    SOURCES.wand.schema(fields),
    SOURCES.subject.schema(fields),
    SOURCES.part.schema(fields),
    SOURCES.ground.schema(fields),
  ]);
  return z.array(one).transform((sources): readonly MaskSource[] => sources.flat());
}

/**
 * How file names and categories call each source: its prompt, its channel, the name of its file without ending. Files
 * of one name have that of their folder in front.
 */
export function namesOf(sources: readonly MaskSource[]): string[] {
  const labels = sources.map((source) => moduleOf(source.kind).label(source));
  return sources.map((source, i) => {
    const label = labels[i]!;
    const isUnique = labels.indexOf(label) === labels.lastIndexOf(label);
    return isUnique || !('path' in source) ? label : `${basename(dirname(source.path))} ${label}`;
  });
}

/** The files that sources are read from. */
export function filesOf(sources: readonly MaskSource[]): string[] {
  return sources.flatMap((source) => moduleOf(source.kind).files(source));
}

/**
 * The mask of each source, in their order, as it is found: what `mask` of a source asks for is not done yet. All
 * prompts are detected in one pass over the image.
 */
export async function findMasks(
  sources: readonly MaskSource[],
  image: SourceImage,
  settings: SourceSettings,
): Promise<FoundMask[]> {
  const found = new Map<MaskSource, FoundMask>();
  await Promise.all(
    Array.from(groupSources(sources), async ([, group]) => {
      const [{ kind, ...first }] = group as [MaskSource];
      const other = 'image' in first ? first.image : undefined;
      const place = other === undefined ? image : await openSameSize(other, image, settings);
      const masks = await moduleOf(kind).find(group, place, settings);
      group.forEach((source, i) => found.set(source, masks[i]!));
    }),
  );
  return sources.map((source) => found.get(source)!);
}

/** Sources of one kind that are found in one image, together. */
function groupSources(sources: readonly MaskSource[]): Map<string, MaskSource[]> {
  const groups = new Map<string, MaskSource[]>();
  for (const source of sources) {
    const key = JSON.stringify([source.kind, 'image' in source ? source.image : undefined]);
    groups.set(key, [...(groups.get(key) ?? []), source]);
  }
  return groups;
}

async function openSameSize(path: string, image: SourceImage, settings: SourceSettings): Promise<SourceImage> {
  const other = settings.open(path);
  assertSameSize(other.name, await other.size(), image.name, await image.size());
  return other;
}

function moduleOf(kind: MaskSource['kind']): SourceModule<MaskSource> {
  return SOURCES[kind] as SourceModule<MaskSource>;
}
