export * from './depth/index.js';
export { initialSplits, type GreySplit, type GreySplits } from './depth/grey-splits.js';
export { GREY_DEFAULTS, type GreyMap, type GreyOptions, mapGreys } from './depth/map-greys.js';
export { type DepthRange, depthRange } from './depth/normalize-depth.js';
export { type DepthEnd, type DepthSelection, selectDepth } from './depth/select-depth.js';
export { suggestCutoff } from './depth/suggest-cutoff.js';
export * from './engine/index.js';
export { ERROR_CODES, type ErrorCategory, type ErrorCode, EXIT_CODES, MaskwrightError } from './errors.js';
export * from './inpaint/index.js';
export { decodeDepth, type DecodedDepth, type DecodeDepthOptions } from './io/decode-depth.js';
export { type DecodedImage, type DecodedMask, decodeImage, decodeMask, type ImageSource } from './io/decode-image.js';
export { type Effort, encodeImage, type EncodeOptions, OUTPUT_FORMATS, type OutputFormat } from './io/encode-image.js';
export type { PngText } from './io/png-chunks.js';
export type { BatchOutcome } from './jobs/batch.js';
export type { Detail } from './jobs/detail-look.js';
export { compositeImages, type CompositeImagesOptions } from './jobs/composite-images.js';
export type { CompositeResult } from './jobs/composite-job.js';
export { type JoinJobOptions, joinJob as joinImages, type InpaintResult } from './jobs/inpaint-job.js';
export {
  findInImage,
  type FindOptions,
  inpaintImage,
  type InpaintImageOptions,
  maskImage,
  type MaskImageOptions,
} from './jobs/library.js';
export type { MaskJobResult, MaskReport } from './jobs/mask-job.js';
export { type Networks, type NetworksOptions, openNetworks } from './jobs/networks.js';
export type { NamingOptions } from './jobs/output-names.js';
export {
  createPipeline,
  type Pipeline,
  type PipelineInput,
  type PipelineOptions,
  type PipelineOutcome,
  type PipelineRecipe,
  type PipelineRunOptions,
} from './jobs/pipeline.js';
export type { Variables } from './jobs/recipe/fill-in.js';
export { parseRecipe, readRecipe, type RecipeDocument, resolveRecipe } from './jobs/recipe/read-recipe.js';
export type { RecipeFile, RecipeResult } from './jobs/recipe/recipe-job.js';
export type { Recipe, RecipeSource } from './jobs/recipe/schema.js';
export { openSession, type Session, type SessionFindOptions } from './jobs/session.js';
export type { FoundMask } from './jobs/sources.js';
export type { Story } from './jobs/story.js';
export type { TargetPaths, TargetReport } from './jobs/target-files.js';
export type { TextSettings } from './jobs/text-prompts.js';
export type { DepthEstimator } from './networks/depth-estimator.js';
export type { TextModelInfo } from './networks/describe-text-model.js';
export type {
  DownloadProgress,
  ImageFeatures,
  ModelChoice,
  ModelIdentity,
  NamedTensor,
  PhraseReading,
  RunOptions,
  TextSegmenter,
} from './networks/text-segmenter.js';
export {
  evaluatePrompt,
  parsePrompt,
  parsePrompts,
  printPrompt,
  type Prompt,
  type PromptOperands,
  type CombineOperator,
  type PromptTree,
} from './prompts/index.js';
export * from './raster/index.js';
