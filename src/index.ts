export * from './depth/index.js';
export { initialSplits, type GraySplit, type GraySplits } from './depth/gray/gray-splits.js';
export { GRAY_DEFAULTS, type GrayMap, type GrayOptions, mapGrays, type DepthPolarity } from './depth/gray/map-grays.js';
export { type DepthRange, depthRange } from './depth/normalize-depth.js';
export { type DepthEnd, type DepthSelection, selectDepth } from './depth/select-depth.js';
export { suggestCutoff } from './depth/suggest-cutoff.js';
export * from './engine/index.js';
export { ERROR_CODES, type ErrorCategory, type ErrorCode, EXIT_CODES, MaskwrightError } from './errors.js';
export * from './inpaint/index.js';
export { drawDepth } from './render/colormap-inferno.js';
export { drawDepthHistogram } from './render/draw-histogram.js';
export { decodeDepth, type DecodedDepth, type DecodeDepthOptions } from './io/depth/decode-depth.js';
export {
  type DecodedImage,
  type DecodedMask,
  decodeImage,
  decodeMask,
  type DecodeMaskOptions,
  type ImageSource,
} from './io/image/decode-image.js';
export {
  type Effort,
  encodeImage,
  type EncodeOptions,
  OUTPUT_FORMATS,
  type OutputFormat,
} from './io/image/encode-image.js';
export type { ImageMetadata } from './io/image/image-metadata.js';
export type { Density } from './io/image/read-density.js';
export type { InputFormat } from './io/image/image-format.js';
export type { PngChunk, PngText } from './io/image/png/png-chunks.js';
export type { BatchOutcome } from './run/batch.js';
export type { Detail, Refine } from './sources/detection/prompt-settings.js';
export { compositeImages, type CompositeImagesOptions, type CompositeResult } from './run/composite-images.js';
export {
  findInImage,
  inpaintImage,
  type InpaintImageOptions,
  type InpaintResult,
  maskImage,
  type MaskImageOptions,
  type MaskImageResult,
  transferImageAlpha,
  type TransferAlphaOptions,
} from './run/library.js';
export type { FindOptions } from './run/find-options.js';
export type { InstanceReport, MaskReport } from './outputs/debug-output.js';
export { type ModelPool, type ModelPoolOptions, openModels } from './sources/model-pool.js';
export type { NamingOptions } from './io/files/output-names.js';
export {
  createPipeline,
  type Pipeline,
  type PipelineInput,
  type PipelineOptions,
  type PipelineOutcome,
  type PipelineRecipe,
  type PipelineRunOptions,
} from './run/pipeline.js';
export type { Variables } from './recipe/interpolate.js';
export { parseRecipe, readRecipe } from './recipe/read-recipe.js';
export { type RecipeDocument } from './recipe/recipe-document.js';
export { resolveRecipe } from './recipe/resolve-recipe.js';
export type { OutputReport, RecipeFile, RecipeResult } from './run/run-recipe.js';
export type { RecipeOutput } from './outputs/outputs.js';
export type { Recipe, RecipeInput } from './recipe/schema.js';
export { openSession, type Session, type SessionFindOptions, type SessionRunOptions } from './run/session.js';
export { createServer, type MaskwrightServer } from './server/create-server.js';
export { SERVER_DEFAULTS, type ServerOptions, type StudioImage, type StudioOptions } from './server/server-options.js';
export type { FoundMask } from './sources/source.js';
export type { Provenance } from './io/image/provenance.js';
export type { TargetPaths, TargetReport } from './outputs/inpaint/target-files.js';
export type { PromptSettings } from './sources/detection/prompt-settings.js';
export type { DepthEstimator } from './models/depth-anything/depth-estimator.js';
export type { TextModelInfo } from './models/registry/text-model-info.js';
export type { DownloadPlan, LoadOptions, Runtime } from './models/registry/model-choice.js';
export type { Computed, ModelUsage } from './models/registry/model-usage.js';
export type {
  MaskPrompt,
  PromptableImage,
  PromptableSegmenter,
  PromptedMask,
} from './models/sam/promptable-segmenter.js';
export type { ImageMatter } from './models/vitmatte/image-matter.js';
export type { ImageSegmentationTask, ImageSegmenter } from './models/image-segmentation/image-segmenter.js';
export type { DetectedBox, ObjectDetector } from './models/object-detection/object-detector.js';
export type { SegmentedPlanes } from './models/image-segmentation/image-segmentation-task.js';
export type { ExecutionPath } from './models/clipseg/clipseg-network.js';
export type {
  DownloadProgress,
  ImageFeatures,
  ModelChoice,
  ModelIdentity,
  NamedTensor,
  PhraseReading,
  RunOptions,
  TextSegmenter,
} from './models/clipseg/text-segmenter.js';
export {
  evaluatePrompt,
  parsePrompt,
  parsePrompts,
  printPrompt,
  type Prompt,
  type EvaluatePromptOptions,
  type InstancesNode,
  type PromptOperands,
  type CombineOperator,
  type PromptTree,
} from './prompts/index.js';
export * from './raster/index.js';
