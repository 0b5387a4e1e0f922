import type { Size } from '../../raster/index.js';

/** Which pixels a target paints: the white, the black or the transparent ones of the image that carries the mask. */
export type Polarity = 'white' | 'black' | 'transparent';

/** Where a target reads the mask: a gray file, the alpha of a second file, or the alpha of the image. */
export type MaskCarrier = 'mask-file' | 'mask-alpha' | 'image-alpha';

/** How an image is brought to a size that a target takes: see `fitSize`. */
export type SizeFit = 'pad' | 'crop' | 'scale';

/** Largest and smallest images that a target takes; what is left out has no limit. */
export interface TargetLimits {
  readonly minSide?: number | undefined;
  readonly maxSide?: number | undefined;
  readonly minPixels?: number | undefined;
  readonly maxPixels?: number | undefined;
  /** Longest side divided by the shortest, at most. */
  readonly maxAspect?: number | undefined;
  readonly square?: boolean | undefined;
  /** Size of the image's file must stay below this. */
  readonly imageBytes?: number | undefined;
  /** Size of the mask's file must stay below this. */
  readonly maskBytes?: number | undefined;
}

/** What one program or service takes, as one record: nothing about it is written anywhere else. */
export interface Target {
  readonly name: string;
  /** Other names that lead here. */
  readonly aliases?: readonly string[];
  /** The name that the program has. */
  readonly title: string;
  readonly paints: Polarity;
  /** What differs where the mask extends an image. */
  readonly outpainting?: { readonly paints: Polarity; readonly nextStep: string };
  readonly carrier: MaskCarrier;
  /** `binary`: only 0 and 255; `soft`: the values between count as well. */
  readonly values: 'binary' | 'soft';
  /** Both sides must be multiples of it. */
  readonly multipleOf: number;
  /** What becomes of an image of any other size. */
  readonly otherSizes: 'accepted' | 'refused' | 'cropped' | 'resized';
  readonly limits: TargetLimits;
  /** The only sizes that results come in, whatever the size of the image was. */
  readonly answerSizes?: readonly Size[];
  /** Its folder mode pairs images and masks by their stem, so both are written under one name into two folders. */
  readonly pairsByStem?: boolean;
  /** File formats it takes; PNG, which is written here, is always among them. */
  readonly formats: readonly ('png' | 'jpeg' | 'webp')[];
  /** The call or click; `{image}`, `{mask}`, `{width}`, `{height}` and `{answer}` (a size like 1536x1024) are replaced. */
  readonly nextStep: string;
  /** Where the facts come from. */
  readonly source: string;
  /** Year and month they were read. */
  readonly date: string;
  /** What of this record could not be checked against the program or its documentation; empty where all was. */
  readonly unverified: readonly string[];
  /** Notes for users. */
  readonly notes: readonly string[];
}
