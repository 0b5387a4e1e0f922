import { createHash } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import { MaskwrightError } from '../errors.js';
import { MINIMUM_MATCH_PIXELS, stitchInto } from '../inpaint/crop/stitch.js';
import { describeProfile, haveSameProfile } from '../inpaint/icc-profile.js';
import { MAX_STRETCH } from '../inpaint/targets/fit-size.js';
import { parseStitchManifest, type StitchManifest } from '../inpaint/crop/stitch-manifest.js';
import { type DecodedImage, decodeImage, decodeMask } from '../io/image/decode-image.js';
import { formatForPath } from '../io/image/encode-image.js';
import { verifiedContent } from '../io/image/image-content.js';
import { readInput, STDIO } from '../io/files/read-input.js';
import { isRemote, joinPath } from '../io/storage/storage-path.js';
import { assertWritable, writeFiles } from '../io/files/write-files.js';
import { assertSameSize, type Raster, type Size, sizeMismatch } from '../raster/index.js';
import { metadataOf } from '../io/image/image-metadata.js';
import { type Provenance, provenanceText } from '../io/image/provenance.js';

export interface StitchImagesOptions {
  /** The manifest of each painted image, in their order. */
  readonly manifests: readonly string[];
  readonly output: string;
  /** The image to put them into, where it is not the one that the first manifest names. */
  readonly original?: string | undefined;
  /** Put it back through this mask instead of the manifest's; of the window's size. */
  readonly mask?: string | undefined;
  readonly matchColor: boolean;
  readonly provenance: Provenance;
}

export interface StitchReport {
  readonly inputs: readonly string[];
  readonly original: string;
  readonly output: string;
  /** Pixels that are the painted image's alone. */
  readonly painted: number;
  /** Pixels in which both are mixed, at the seam; all others are the original's, byte for byte. */
  readonly blended: number;
  readonly warnings: readonly string[];
}

/**
 * Puts painted images back where their manifests cut them out. Every sample outside the stitch masks is the
 * original's. Throws `MANIFEST_INVALID`, `SIZE_MISMATCH`.
 */
export async function stitchImages(painted: readonly string[], options: StitchImagesOptions): Promise<StitchReport> {
  const { inputs, content, ...report } = await paintBack(painted, options);
  await writeFiles([{ path: options.output, ...content }], { inputs });
  return { inputs: painted, output: options.output, ...report };
}

/** The file's content and the report: of the images nothing else stays in memory while the file is written. */
async function paintBack(painted: readonly string[], options: StitchImagesOptions) {
  const manifests = await Promise.all(options.manifests.map(openManifest));
  const first = manifests[0]!;
  const originalPath = options.original ?? originalOf(first);
  const masks = manifests.map(({ manifest, near }) => options.mask ?? near(manifest.files.stitch));
  const inputs = [...painted, ...options.manifests, ...masks, originalPath];
  await assertWritable([options.output], { inputs });
  const original = await decodeImage(originalPath);
  const warnings: string[] = [...original.warnings];
  const isSame = createHash('sha256').update(original.bytes).digest('hex') === first.manifest.original.sha256;
  if (!isSame && options.original === undefined) {
    warnings.push(`${originalPath} was changed since the manifest was written`);
  }
  // Nothing else has the original: it is painted where it is.
  const { raster } = original;
  let pixels = 0;
  let blended = 0;
  for (const [index, { manifest, path }] of manifests.entries()) {
    assertSize(originalPath, raster, manifest.original, path);
    const image = await decodeImage(painted[index]!);
    const { mask, warnings: maskWarnings } = await decodeMask(masks[index]!);
    assertSize(masks[index]!, mask, manifest.window, path);
    warnings.push(...image.warnings, ...maskWarnings, ...checkPainted(painted[index]!, image.raster, manifest));
    const result = stitchInto(raster, image.raster, manifest.window, mask, { matchColor: options.matchColor });
    if (result.matchedOn !== undefined && result.matchedOn < MINIMUM_MATCH_PIXELS) {
      warnings.push(`${painted[index]!}: too little around the mask to match colors by; they are left as painted`);
    }
    warnings.push(...warnOfPainted(painted[index]!, image, originalPath, original, result.transparent));
    pixels += result.painted;
    blended += result.blended;
  }
  const format = options.output === STDIO ? 'png' : formatForPath(options.output);
  const encoding = { format, ...metadataOf(original), text: provenanceText(options.provenance) };
  const content = verifiedContent(raster, encoding, options.output);
  return { inputs, content, original: originalPath, painted: pixels, blended, warnings };
}

/** What a manifest is read for: the original and the stitch mask; nothing where it cannot be read. */
export async function filesOfStitchManifest(path: string): Promise<string[]> {
  const opened = await openManifest(path).catch(() => undefined);
  return opened === undefined ? [] : [opened.manifest.original.file, opened.manifest.files.stitch].map(opened.near);
}

interface OpenedManifest {
  readonly path: string;
  readonly manifest: StitchManifest;
  /** A path that stands in the manifest, from here. */
  readonly near: (file: string) => string;
}

async function openManifest(path: string): Promise<OpenedManifest> {
  const text = Buffer.from(await readInput(path)).toString('utf8');
  return {
    path,
    manifest: parseStitchManifest(text, path),
    near: (file) =>
      isRemote(file) ? file : isRemote(path) ? joinPath(dirname(path), file) : resolve(dirname(path), file),
  };
}

function originalOf({ manifest, near, path }: OpenedManifest): string {
  if (manifest.original.file === STDIO) {
    throw new MaskwrightError('USAGE', `${path} was made from standard input: the original has no name`, {
      hint: 'name it with --original',
    });
  }
  return near(manifest.original.file);
}

function assertSize(name: string, actual: Size, expected: Size, jobPath: string): void {
  assertSameSize(name, actual, `the original in ${jobPath}`, expected, 'is this the manifest that belongs to it?');
}

function checkPainted(name: string, painted: Raster, { size }: StitchManifest): string[] {
  if (painted.width === size.width && painted.height === size.height) {
    return [];
  }
  const stretch = (painted.width * size.height) / (painted.height * size.width);
  if (Math.abs(stretch - 1) > MAX_STRETCH) {
    throw sizeMismatch(
      name,
      painted,
      'the window of the crop',
      size,
      'an image of another shape does not fit: has the program cropped it?',
    );
  }
  return [`${name} is ${painted.width} x ${painted.height} instead of ${size.width} x ${size.height}: it is scaled`];
}

/** What its alpha and its color profile say against a painted image. */
function warnOfPainted(
  name: string,
  painted: Pick<DecodedImage, 'icc'>,
  originalName: string,
  original: Pick<DecodedImage, 'icc' | 'raster'>,
  transparent: number,
): string[] {
  const profileOf = ({ icc }: Pick<DecodedImage, 'icc'>): string =>
    icc === undefined ? 'no profile' : describeProfile(icc);
  return [
    ...(transparent === 0
      ? []
      : [
          `${name} is transparent in ${transparent} pixels of the selection: ` +
            (original.raster.channels === 3 ? 'the original stays there' : 'they become transparent'),
        ]),
    ...(haveSameProfile(painted.icc, original.icc)
      ? []
      : [
          `the color profile of ${name} is ${profileOf(painted)}, that of ${originalName} ${profileOf(original)}: ` +
            'samples are taken as they are, and their colors may shift; convert it to the profile of the original first',
        ]),
  ];
}
