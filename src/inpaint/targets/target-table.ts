import { MaskwrightError } from '../../errors.js';
import type { Target } from './target.js';

const MB = 1_000_000;

const GUIDANCE_NOTE = 'the mask is guidance to this model, not a hard edge: put the result back with maskwright stitch';

/** Every target. Sizes in bytes are decimal, the stricter reading of "MB". */
export const TARGETS: readonly Target[] = [
  {
    name: 'invokeai',
    aliases: ['invoke'],
    title: 'InvokeAI (now)',
    paints: 'black',
    carrier: 'mask-file',
    values: 'soft',
    multipleOf: 8,
    otherSizes: 'refused',
    limits: {},
    formats: ['png', 'jpeg', 'webp'],
    nextStep:
      'upload both; in a workflow connect {image} to "Create Gradient Mask" > Image and {mask} to > Mask, and its result to "Denoise" > Denoise Mask',
    source: 'InvokeAI source: denoise mask, 0 = denoise, 1 = keep',
    date: '2026-11',
    unverified: ['the names of the nodes in the newest release'],
    notes: [],
  },
  {
    name: 'invokeai-legacy',
    title: 'InvokeAI 2.3.5 command line',
    paints: 'transparent',
    carrier: 'image-alpha',
    values: 'soft',
    multipleOf: 64,
    otherSizes: 'resized',
    limits: {},
    formats: ['png', 'webp'],
    nextStep: 'invoke> "your prompt" -I {image} -W {width} -H {height}',
    source: 'InvokeAI 2.3.5 source and its inpainting document',
    date: '2026-11',
    unverified: [],
    notes: ['color under the transparent pixels is the start of the painting, and is kept'],
  },
  {
    name: 'a1111',
    aliases: ['automatic1111', 'sd-webui'],
    title: 'AUTOMATIC1111 Stable Diffusion web UI',
    paints: 'white',
    carrier: 'mask-file',
    values: 'binary',
    multipleOf: 8,
    otherSizes: 'resized',
    limits: {},
    formats: ['png', 'jpeg', 'webp'],
    nextStep:
      'img2img > Inpaint upload > {image} and {mask}; or POST /sdapi/v1/img2img with {"init_images": [base64 of {image}], "mask": base64 of {mask}, "inpainting_mask_invert": 0, "width": {width}, "height": {height}}',
    pairsByStem: true,
    source: 'AUTOMATIC1111/stable-diffusion-webui source: modules/processing.py, modules/img2img.py',
    date: '2026-11',
    unverified: [],
    notes: [
      'a mask with transparency is read by its alpha instead, opaque = paint: the mask written here has none',
      'any pixel that is not black enlarges the region of "only masked": hence a binary mask',
      'img2img > Batch takes the two folders as input and inpaint mask directories, and pairs files by their stem',
    ],
  },
  {
    name: 'forge',
    title: 'Stable Diffusion WebUI Forge',
    paints: 'white',
    carrier: 'mask-file',
    values: 'binary',
    multipleOf: 8,
    otherSizes: 'resized',
    limits: {},
    formats: ['png', 'jpeg', 'webp'],
    nextStep:
      'img2img > Inpaint upload > {image} and {mask}; or POST /sdapi/v1/img2img with {"init_images": [base64 of {image}], "mask": base64 of {mask}, "inpainting_mask_invert": 0, "width": {width}, "height": {height}}',
    pairsByStem: true,
    source: 'as AUTOMATIC1111, of which it is a fork; run on files written for it',
    date: '2026-11',
    unverified: [],
    notes: [
      'img2img > Batch takes the two folders as input and inpaint mask directories, and pairs files by their stem',
    ],
  },
  {
    name: 'comfyui',
    aliases: ['comfy'],
    title: 'ComfyUI',
    paints: 'transparent',
    carrier: 'image-alpha',
    values: 'soft',
    multipleOf: 8,
    otherSizes: 'cropped',
    limits: {},
    formats: ['png', 'webp'],
    nextStep:
      'copy {image} to ComfyUI/input, choose it in "Load Image", and connect its MASK to "VAE Encode (for Inpainting)" or "Set Latent Noise Mask"',
    source: 'ComfyUI source: nodes.py, LoadImage: mask = 1 - alpha',
    date: '2026-11',
    unverified: [],
    notes: ['color under the transparent pixels is kept, for "Set Latent Noise Mask" starts from it'],
  },
  {
    name: 'diffusers',
    title: 'diffusers, Stable Diffusion inpainting pipelines',
    paints: 'white',
    carrier: 'mask-file',
    values: 'binary',
    multipleOf: 8,
    otherSizes: 'refused',
    limits: {},
    formats: ['png', 'jpeg', 'webp'],
    nextStep:
      'pipe(prompt="...", image=load_image("{image}"), mask_image=load_image("{mask}"), width={width}, height={height}).images[0]',
    source: 'diffusers source and documentation (using-diffusers/inpaint)',
    date: '2026-11',
    unverified: [],
    notes: ['the pipeline makes masks binary at 0.5'],
  },
  {
    name: 'flux-fill',
    title: 'diffusers, FluxFillPipeline',
    paints: 'white',
    carrier: 'mask-file',
    values: 'binary',
    multipleOf: 16,
    otherSizes: 'resized',
    limits: {},
    formats: ['png', 'jpeg', 'webp'],
    nextStep:
      'FluxFillPipeline: pipe(prompt="...", image=load_image("{image}"), mask_image=load_image("{mask}"), width={width}, height={height}).images[0]',
    source: 'diffusers source: FluxFillPipeline',
    date: '2026-11',
    unverified: [],
    notes: [],
  },
  {
    name: 'bfl-api',
    title: 'Black Forest Labs API, FLUX.1 Fill [pro]',
    paints: 'white',
    carrier: 'mask-file',
    values: 'binary',
    multipleOf: 1,
    otherSizes: 'accepted',
    limits: {},
    formats: ['png', 'jpeg', 'webp'],
    nextStep:
      'POST https://api.bfl.ai/v1/flux-pro-1.0-fill with {"image": base64 of {image}, "mask": base64 of {mask}, "prompt": "..."}',
    source: 'docs.bfl.ai/flux_tools/flux_1_fill',
    date: '2026-11',
    unverified: ['limits on size: none were found'],
    notes: ['a transparent PNG or WebP alone is taken too: --for comfyui writes such an image'],
  },
  {
    name: 'openai',
    title: 'OpenAI images.edit, gpt-image-1',
    paints: 'transparent',
    carrier: 'mask-alpha',
    values: 'binary',
    multipleOf: 1,
    otherSizes: 'accepted',
    limits: { imageBytes: 50 * MB, maskBytes: 4 * MB },
    answerSizes: [
      { width: 1024, height: 1024 },
      { width: 1536, height: 1024 },
      { width: 1024, height: 1536 },
    ],
    formats: ['png', 'jpeg', 'webp'],
    nextStep: openAiStep('gpt-image-1', '{answer}'),
    source: 'platform.openai.com/docs/api-reference/images/createEdit',
    date: '2026-11',
    unverified: [],
    notes: [GUIDANCE_NOTE],
  },
  {
    name: 'openai-gpt-image-2',
    aliases: ['gpt-image-2'],
    title: 'OpenAI images.edit, gpt-image-2',
    paints: 'transparent',
    carrier: 'mask-alpha',
    values: 'binary',
    multipleOf: 16,
    otherSizes: 'refused',
    limits: { imageBytes: 50 * MB, maskBytes: 4 * MB },
    formats: ['png', 'jpeg', 'webp'],
    nextStep: openAiStep('gpt-image-2', '{width}x{height}'),
    source: 'platform.openai.com/docs/api-reference/images/createEdit',
    date: '2026-11',
    unverified: ['limits on sides and pixels'],
    notes: [GUIDANCE_NOTE],
  },
  {
    name: 'openai-dalle2',
    aliases: ['dalle'],
    title: 'OpenAI images.edit, dall-e-2',
    paints: 'transparent',
    carrier: 'mask-alpha',
    values: 'binary',
    multipleOf: 1,
    otherSizes: 'refused',
    limits: { square: true, imageBytes: 4 * MB, maskBytes: 4 * MB },
    formats: ['png'],
    nextStep: openAiStep('dall-e-2', '1024x1024'),
    source: 'platform.openai.com/docs/api-reference/images/createEdit',
    date: '2026-11',
    unverified: [],
    notes: ['answers are 256, 512 or 1024 pixels square'],
  },
  {
    name: 'stability',
    title: 'Stability AI, v2beta/stable-image/edit/inpaint',
    paints: 'white',
    carrier: 'mask-file',
    values: 'soft',
    multipleOf: 1,
    otherSizes: 'accepted',
    limits: { minSide: 64, minPixels: 4096, maxPixels: 9_437_184 },
    formats: ['png', 'jpeg', 'webp'],
    nextStep:
      'curl -X POST https://api.stability.ai/v2beta/stable-image/edit/inpaint -H "authorization: Bearer $STABILITY_API_KEY" -H "accept: image/*" -F image=@{image} -F mask=@{mask} -F grow_mask=0 -F prompt="..." -o painted.png',
    source: "the service's OpenAPI text as client libraries carry it; AWS Bedrock's page on Stable Image services",
    date: '2026-11',
    unverified: ["everything against Stability's own page, which was not seen"],
    notes: ['its grow_mask is 5 pixels by default'],
  },
  {
    name: 'replicate-sd',
    title: 'Replicate, andreasjansson/stable-diffusion-inpainting',
    paints: 'white',
    carrier: 'mask-file',
    values: 'binary',
    multipleOf: 8,
    otherSizes: 'cropped',
    limits: {},
    formats: ['png', 'jpeg', 'webp'],
    nextStep:
      'replicate.run("andreasjansson/stable-diffusion-inpainting:<version>", input={"prompt": "...", "image": open("{image}", "rb"), "mask": open("{mask}", "rb"), "invert_mask": False})',
    source: "the model's page and input schema on replicate.com",
    date: '2026-11',
    unverified: [],
    notes: [],
  },
  {
    name: 'ideogram',
    title: 'Ideogram API, Inpaint 3.0 and Precise Edit',
    paints: 'black',
    carrier: 'mask-file',
    values: 'binary',
    multipleOf: 1,
    otherSizes: 'accepted',
    limits: { imageBytes: 25 * MB },
    formats: ['png', 'jpeg', 'webp'],
    nextStep:
      'curl -X POST https://api.ideogram.ai/v1/ideogram-v3/edit -H "Api-Key: $IDEOGRAM_API_KEY" -F image=@{image} -F mask=@{mask} -F prompt="..."',
    source: 'developer.ideogram.ai/ideogram-api/masked-edits',
    date: '2026-11',
    unverified: ['the address of the endpoint in the newest API version'],
    notes: [
      'its Remove Objects takes the opposite, white',
      'Precise Edit takes images up to 50 MB and needs both colors in the mask',
    ],
  },
  {
    name: 'nova-canvas',
    title: 'Amazon Nova Canvas on Bedrock',
    paints: 'black',
    outpainting: {
      paints: 'white',
      nextStep:
        'InvokeModel amazon.nova-canvas-v1:0 with {"taskType": "OUTPAINTING", "outPaintingParams": {"image": base64 of {image}, "maskImage": base64 of {mask}, "text": "..."}}',
    },
    carrier: 'mask-file',
    values: 'binary',
    multipleOf: 1,
    otherSizes: 'accepted',
    limits: { minSide: 320, maxSide: 4096, maxPixels: 4_194_304, maxAspect: 4 },
    formats: ['png', 'jpeg'],
    nextStep:
      'InvokeModel amazon.nova-canvas-v1:0 with {"taskType": "INPAINTING", "inPaintingParams": {"image": base64 of {image}, "maskImage": base64 of {mask}, "text": "..."}}',
    source: 'docs.aws.amazon.com/nova/latest/userguide/image-gen-access.html',
    date: '2026-11',
    unverified: ['limits on sides, pixels and aspect'],
    notes: [
      'for OUTPAINTING white is painted instead; maskwright outpaint --for nova-canvas writes it so',
      'some resellers announce that the model is retired: check that it is still offered',
    ],
  },
  {
    name: 'recraft',
    title: 'Recraft API, inpainting',
    paints: 'white',
    carrier: 'mask-file',
    values: 'binary',
    multipleOf: 1,
    otherSizes: 'accepted',
    limits: { minSide: 256, maxSide: 4096, maxPixels: 16_000_000, imageBytes: 10 * MB },
    formats: ['png', 'jpeg', 'webp'],
    nextStep:
      'curl -X POST https://external.api.recraft.ai/v1/images/inpaint -H "Authorization: Bearer $RECRAFT_API_TOKEN" -F image=@{image} -F mask=@{mask} -F strength=0.8 -F prompt="..."',
    source: 'www.recraft.ai/docs/api-reference/tools/inpainting',
    date: '2026-11',
    unverified: [],
    notes: [],
  },
  {
    name: 'iopaint',
    title: 'IOPaint',
    paints: 'white',
    carrier: 'mask-file',
    values: 'binary',
    multipleOf: 1,
    otherSizes: 'accepted',
    limits: {},
    formats: ['png', 'jpeg', 'webp'],
    nextStep: 'iopaint run --model=lama --image={image} --mask={mask} --output=painted',
    pairsByStem: true,
    source: 'IOPaint source; run on files written for it',
    date: '2026-11',
    unverified: [],
    notes: [
      'its masks are binary above 127',
      '--image and --mask may be the two folders: files are paired by their stem',
    ],
  },
  {
    name: 'krita',
    title: 'Krita, and its AI Diffusion plugin',
    paints: 'white',
    carrier: 'mask-file',
    values: 'soft',
    multipleOf: 1,
    otherSizes: 'accepted',
    limits: {},
    formats: ['png', 'jpeg', 'webp'],
    nextStep:
      'open {image}; Layer > Import/Export > Import as Selection Mask > {mask}; make the selection active and press Fill',
    source: 'not checked',
    date: '2026-11',
    unverified: ['everything: neither the program nor its manual was at hand'],
    notes: [],
  },
];

/** The call in Python and in Node, where the SDK takes a file's type from `toFile` only. */
function openAiStep(model: string, size: string): string {
  const node = (file: string): string => `await toFile(fs.createReadStream("${file}"), null, { type: "image/png" })`;
  return (
    `Python: client.images.edit(model="${model}", image=open("{image}", "rb"), mask=open("{mask}", "rb"), ` +
    `prompt="...", size="${size}"); ` +
    `Node: client.images.edit({ model: "${model}", image: ${node('{image}')}, mask: ${node('{mask}')}, ` +
    `prompt: "...", size: "${size}" })`
  );
}

/** The record of a name or an alias, in any case. Throws `TARGET_UNKNOWN`, with all names. */
export function findTarget(name: string): Target {
  const wanted = name.toLowerCase();
  const target = TARGETS.find((candidate) => candidate.name === wanted || candidate.aliases?.includes(wanted) === true);
  if (target === undefined) {
    throw new MaskwrightError('TARGET_UNKNOWN', `there is no target ${JSON.stringify(name)}`, {
      hint: `targets are ${TARGETS.map((candidate) => candidate.name).join(', ')}`,
    });
  }
  return target;
}

/** The limits in words, one a line; empty where there are none. */
export function describeLimits({ limits }: Target): string[] {
  const lines: string[] = [];
  if (limits.square === true) lines.push('square');
  if (limits.minSide !== undefined) lines.push(`sides of at least ${limits.minSide} px`);
  if (limits.maxSide !== undefined) lines.push(`sides of at most ${limits.maxSide} px`);
  if (limits.minPixels !== undefined) lines.push(`at least ${limits.minPixels} pixels`);
  if (limits.maxPixels !== undefined) lines.push(`at most ${limits.maxPixels} pixels`);
  if (limits.maxAspect !== undefined) lines.push(`sides no more unequal than ${limits.maxAspect}:1`);
  if (limits.imageBytes !== undefined) lines.push(`image below ${limits.imageBytes / MB} MB`);
  if (limits.maskBytes !== undefined) lines.push(`mask below ${limits.maskBytes / MB} MB`);
  return lines;
}
