/** Which pixels a program paints: the white, the black or the transparent ones of the image that carries the mask. */
export type Polarity = 'white' | 'black' | 'transparent';

/**
 * Where a program looks for the mask: in a gray file beside the image, in the alpha of such a file, or in
 * the alpha of the image itself.
 */
export type MaskCarrier = 'mask-file' | 'mask-alpha' | 'image-alpha';

/** How an image is brought to a size that a program takes: see `fitSize`. */
export type SizeFit = 'pad' | 'crop' | 'scale';

/** Largest and smallest images that a program takes; what is left out has no limit. */
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

/** What one program takes, as one record: nothing about a program is written anywhere else. */
export interface Target {
  readonly name: string;
  /** The program's own name. */
  readonly title: string;
  readonly paints: Polarity;
  /** What is different where the mask extends an image. */
  readonly outpainting?: { readonly paints: Polarity; readonly nextStep: string };
  readonly carrier: MaskCarrier;
  /** `binary`: only the two extremes; `soft`: every value between counts. */
  readonly values: 'binary' | 'soft';
  /** Both sides must be multiples of it. */
  readonly multipleOf: number;
  /** What the program does with an image of any other size. */
  readonly otherSizes: 'accepted' | 'refused' | 'cropped' | 'resized';
  readonly limits: TargetLimits;
  /** File formats it takes; PNG, which is written here, is always among them. */
  readonly formats: readonly ('png' | 'jpeg' | 'webp')[];
  /** The very call or click; `{image}`, `{mask}`, `{width}` and `{height}` are filled in. */
  readonly nextStep: string;
  /** Where the facts come from. */
  readonly source: string;
  /** Year and month they were read. */
  readonly date: string;
  /** What of this record could not be checked against the program or its own documents; empty = all verified. */
  readonly unverified: readonly string[];
  /** What else is worth knowing. */
  readonly notes: readonly string[];
}
