import { z } from 'zod';
import { PRESENCES } from '../engine/index.js';
import { FINDING_CODES } from '../inpaint/check/finding.js';
import { MAX_PHRASE_LENGTH } from '../prompts/prompt-tree.js';

const bounds = z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() });
const share = z.number().min(0).max(1);

/** What every refusal says. */
export const errorAnswer = z.object({
  error: z.object({
    code: z.string().describe('permanent: programs match on it'),
    message: z.string(),
    hint: z.string().optional(),
  }),
});

/** The fields of `POST /v1/detect`, besides `image`. */
export const detectFields = z.object({
  prompt: z.string().min(1).describe('what to detect; several prompts are separated by ;'),
  threshold: z.string().optional().describe('0 to 1, or auto'),
  refine: z.string().optional().describe('fast, best or off'),
  fit: z.string().optional().describe('stretch or pad'),
  detail: z.string().optional().describe('off or parts'),
});

const detectionStats = z.object({
  peak: z.number(),
  mean: z.number(),
  threshold: z.number(),
  share,
  parts: z.number().int(),
  components: z.array(z.object({ share, bounds })),
  presence: z.enum(PRESENCES),
});

/** What `POST /v1/detect` answers. */
export const detectAnswer = z.object({
  width: z.number().int(),
  height: z.number().int(),
  prompts: z.array(
    z.object({
      prompt: z.string(),
      threshold: z.number().optional(),
      peak: z.number().optional(),
      share: share.describe('share of the pixels that are selected'),
      bounds: bounds.optional(),
      detections: z.record(z.string(), detectionStats).optional().describe('statistics of each phrase'),
      warnings: z.array(z.string()),
    }),
  ),
  warnings: z.array(z.string()),
});

const runFile = z.object({ kind: z.string(), path: z.string(), bytes: z.number().int() });

/** What a recipe made of one image; the files travel as parts of their own. */
export const runResult = z.object({
  input: z.string(),
  width: z.number().int().optional(),
  height: z.number().int().optional(),
  share: share.optional(),
  bounds: bounds.optional(),
  sources: z.array(z.record(z.string(), z.unknown())),
  outputs: z.array(z.looseObject({ kind: z.string() })),
  files: z.array(runFile),
  warnings: z.array(z.string()),
});

/** The report of `POST /v1/run`. */
export const runAnswer = z.object({ results: z.array(runResult) });

export const targetsAnswer = z.object({
  targets: z.array(z.looseObject({ name: z.string(), title: z.string(), paints: z.string(), carrier: z.string() })),
});

export const modelsAnswer = z.object({
  served: z.string().describe('the model that detects prompts here'),
  models: z.array(
    z.object({
      name: z.string().optional(),
      id: z.string().optional(),
      task: z.string().optional(),
      license: z.string().optional(),
      state: z.enum(['embedded', 'cached', 'not downloaded']),
    }),
  ),
});

export const healthAnswer = z.object({
  status: z.literal('ok'),
  version: z.string(),
  active: z.number().int(),
  waiting: z.number().int(),
  sessions: z.number().int(),
});

export const sessionAnswer = z.object({
  id: z.string(),
  name: z.string(),
  width: z.number().int(),
  height: z.number().int(),
  format: z.string(),
  warnings: z.array(z.string()),
});

/** Phrases of one request: all are detected before the answer. */
export const MAX_PHRASES = 64;

export const phrasesRequest = z.strictObject({
  phrases: z
    .array(z.string().min(1).max(MAX_PHRASE_LENGTH))
    .min(1)
    .max(MAX_PHRASES)
    .describe('what to detect, without operators'),
});

export const heatmapsAnswer = z.object({
  heatmaps: z.array(
    z.object({
      phrase: z.string(),
      width: z.number().int(),
      height: z.number().int(),
      data: z.string().describe('probabilities: 32-bit little-endian floats, row by row, in base64'),
    }),
  ),
});

export const checkAnswer = z.object({
  valid: z.boolean(),
  findings: z.array(
    z.object({
      code: z.enum(FINDING_CODES),
      severity: z.enum(['error', 'warning', 'note']),
      message: z.string(),
      hint: z.string().optional(),
    }),
  ),
  result: runResult,
});

export const stateRequest = z.strictObject({ state: z.enum(['open', 'accepted', 'rejected']) });
