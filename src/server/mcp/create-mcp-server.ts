import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { checkImages } from '../../inpaint/check/check-images.js';
import { findTarget } from '../../inpaint/targets/target-table.js';
import { writeFiles } from '../../io/files/write-files.js';
import { encodeImage } from '../../io/image/encode-image.js';
import { measureMask } from '../../outputs/measure-mask.js';
import { locateModel } from '../../models/registry/locate-model.js';
import { MODEL_DEFAULTS, type ModelChoice } from '../../models/registry/model-choice.js';
import { formatPromptTree } from '../../prompts/format-prompt-tree.js';
import { parsePrompts } from '../../prompts/parse-prompt.js';
import { printPrompt } from '../../prompts/print-prompt.js';
import { phrasesOf } from '../../prompts/prompt-tree.js';
import { literal } from '../../recipe/interpolate.js';
import type { RecipeInput } from '../../recipe/schema.js';
import { openSession } from '../../run/session.js';
import { openModels } from '../../sources/model-pool.js';
import { VERSION } from '../../version.js';
import { describeError } from '../http/http-error.js';
import { runUpload } from '../run-upload.js';
import { openImages } from './tool-images.js';

/** Where the tools read and write, and the model that they use. */
export interface McpOptions extends ModelChoice {
  readonly root: string;
}

/** How the recipe of a tool names its image and its mask. */
const IMAGE = 'image.png';
const MASK = 'mask.png';

const image = z
  .string()
  .min(1)
  .describe('a path inside the root folder, or the bytes of the image in base64 (also as data:image/png;base64,...)');
const prompt = z.string().min(1).describe('what to select: hair, "face AND NOT hair", sky{+12px}; see explain_prompt');
const detection = {
  threshold: z.number().min(0).max(1).optional().describe('probability from which a pixel is selected; 0.5'),
  grow: z.union([z.number(), z.string()]).optional().describe('grow the mask by pixels, or by 0.5% of the diagonal'),
  feather: z.union([z.number(), z.string()]).optional().describe('fade its edge over pixels, or % of the diagonal'),
};
const output = z.string().min(1).optional().describe('file to write inside the root folder; without, it comes back');

/**
 * Makes the server of `maskwright mcp`: the tools `find_mask`, `inpaint_image`, `check_mask` and `explain_prompt`.
 * The class comes from outside, since its package is loaded when asked for. Throws `MODEL_NOT_FOUND` for a model that is none,
 * and `INPUT_NOT_FOUND` where the root is no folder.
 */
export function createMcpServer(Server: typeof McpServer, { root, ...choice }: McpOptions) {
  locateModel(choice, 'text-segmentation');
  const models = openModels(choice);
  const underWay = new Set<Promise<CallToolResult>>();
  const answer = (work: () => Promise<CallToolResult>): Promise<CallToolResult> => {
    const answered = toResult(work);
    underWay.add(answered);
    return answered.finally(() => underWay.delete(answered));
  };
  const model = choice.model ?? MODEL_DEFAULTS.model;
  const images = openImages(root);
  const server = new Server({ name: 'maskwright', version: VERSION });

  server.registerTool(
    'find_mask',
    {
      title: 'Find a mask by words',
      description: 'Detects what a prompt names in an image and returns a mask: white is selected.',
      inputSchema: { image, prompt, ...detection, output },
    },
    (input, { signal }) =>
      answer(async () => {
        const session = await openSession(await images.open(input.image), { models, signal });
        const { threshold, grow, feather } = input;
        const [found, ...more] = await session.find(input.prompt, { threshold, mask: { grow, feather } });
        const { mask, provenance, warnings } = found!;
        const facts = {
          prompt: input.prompt,
          ...measureMask(mask),
          detections: provenance['detections'],
          warnings: more.length > 0 ? [...warnings, 'only the first prompt was used'] : warnings,
        };
        return deliver(images, await encodeImage(mask, {}), facts, input);
      }),
  );

  server.registerTool(
    'inpaint_image',
    {
      title: 'Prepare an image for inpainting',
      description: 'Makes what a prompt or a mask selects transparent; every color is kept in the file.',
      inputSchema: { image, prompt: prompt.optional(), mask: image.optional(), ...detection, output },
    },
    (input, { signal }) =>
      answer(async () => {
        if ((input.prompt === undefined) === (input.mask === undefined)) {
          throw new TypeError('give a prompt or a mask, and not both');
        }
        const { threshold, grow, feather } = input;
        const recipe: RecipeInput = {
          threshold,
          sources: [
            input.prompt === undefined
              ? { kind: 'file', path: MASK }
              : { kind: 'prompt', prompt: literal(input.prompt) },
          ],
          mask: { grow, feather },
          outputs: [{ kind: 'inpaint' }],
        };
        const files = input.mask === undefined ? [] : [{ name: MASK, data: await images.bytes(input.mask) }];
        const source = { name: IMAGE, source: await images.open(input.image), index: 0 };
        const result = await runUpload({ text: JSON.stringify(recipe), files }, source, { models, model, signal });
        const { share, bounds, warnings } = result;
        return deliver(images, result.files[0]!.data!, { share, bounds, warnings }, input);
      }),
  );

  server.registerTool(
    'check_mask',
    {
      title: 'Check an image and its mask',
      description: 'Says whether an image, with its mask, is valid for inpainting with a program.',
      inputSchema: {
        image,
        mask: image.optional(),
        target: z.string().optional().describe('the program: comfyui, a1111, invokeai, diffusers, openai ...'),
      },
    },
    (input) =>
      answer(async () => {
        const target = input.target === undefined ? undefined : findTarget(input.target);
        const [checked, mask] = await Promise.all([
          images.open(input.image),
          input.mask === undefined ? undefined : images.open(input.mask),
        ]);
        const { valid, findings } = checkImages(checked, mask, target);
        return { content: [], structuredContent: { valid, findings } };
      }),
  );

  server.registerTool(
    'explain_prompt',
    {
      title: 'Explain a prompt',
      description: 'Shows how a prompt is read: its tree, and the phrases that are detected.',
      inputSchema: { prompt },
    },
    (input) =>
      answer(async () => ({
        content: [],
        structuredContent: {
          prompts: parsePrompts(input.prompt).map(({ text, tree }) => ({
            text,
            normal: printPrompt(tree),
            tree: formatPromptTree(tree),
            phrases: phrasesOf(tree),
          })),
        },
      })),
  );

  return {
    server,
    /** Until no tool is at work, and the SDK has sent what the tools returned. */
    settled: async (): Promise<void> => {
      do {
        await Promise.all(underWay);
        await setImmediate();
      } while (underWay.size > 0);
    },
    close: () => models.close(),
  };
}

/** What a tool found as text as well, and what it refused as an error that the assistant reads. */
async function toResult(work: () => Promise<CallToolResult>): Promise<CallToolResult> {
  try {
    const result = await work();
    const text = JSON.stringify(result.structuredContent);
    return { ...result, content: [{ type: 'text', text }, ...result.content] };
  } catch (error) {
    const message = error instanceof TypeError ? { message: error.message } : describeError(error).body.error;
    return { isError: true, content: [{ type: 'text', text: JSON.stringify(message) }] };
  }
}

/** Writes an image into the root folder, or gives it back. */
async function deliver(
  images: ReturnType<typeof openImages>,
  data: Uint8Array,
  facts: Readonly<Record<string, unknown>>,
  { image, output }: { readonly image: string; readonly output?: string | undefined },
): Promise<CallToolResult> {
  if (output === undefined) {
    const base64 = Buffer.from(data).toString('base64');
    return { content: [{ type: 'image', data: base64, mimeType: 'image/png' }], structuredContent: { ...facts } };
  }
  await writeFiles([{ path: images.resolve(output), data }], { inputs: images.paths(image) });
  return { content: [], structuredContent: { ...facts, output } };
}
