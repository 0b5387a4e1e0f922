import type { Command, CommandBody, CommandHead } from './command.js';

/** A command whose file is loaded when it is asked for: `--help` loads none of them. */
export interface CommandEntry extends CommandHead {
  readonly load: () => Promise<{ readonly command: CommandBody }>;
}

/** A command with the declaration in its file. */
export async function loadCommand({ load, ...head }: CommandEntry): Promise<Command> {
  return { ...head, ...(await load()).command };
}

/** Every command, in the order of the help. A command's file exports `command`. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'mask',
    summary: 'find things by prompts: cut-outs and a mask for each prompt',
    load: () => import('./commands/recipe/mask-command.js'),
  },
  {
    name: 'inpaint',
    summary: 'make an image ready to inpaint: selected pixels transparent, every color kept',
    load: () => import('./commands/recipe/inpaint-command.js'),
  },
  {
    name: 'targets',
    summary: 'show what each program expects of a mask: all of them, or one explained',
    load: () => import('./commands/targets-command.js'),
  },
  {
    name: 'check',
    summary: 'check an image and its mask: erased color, wrong polarity, wrong size',
    load: () => import('./commands/check-command.js'),
  },
  {
    name: 'repair',
    summary: 'restore erased color under transparent pixels, from the original or from the edges',
    load: () => import('./commands/repair-command.js'),
  },
  {
    name: 'crop',
    summary: 'crop the selection with its context, to the size that a model paints',
    load: () => import('./commands/recipe/crop-command.js'),
  },
  {
    name: 'stitch',
    summary: 'put a painted crop back: outside the stitch mask every byte stays unchanged',
    load: () => import('./commands/stitch-command.js'),
  },
  {
    name: 'outpaint',
    summary: 'extend the canvas: edges continued, and a mask of the new area',
    load: () => import('./commands/recipe/outpaint-command.js'),
  },
  {
    name: 'composite',
    aliases: ['comp'],
    summary: 'place one image over another through masks from files, prompts or both',
    load: () => import('./commands/recipe/composite-command.js'),
  },
  {
    name: 'edit',
    summary: 'process mask files: grow, feather, fill holes, remove small components, combine',
    load: () => import('./commands/recipe/edit-command.js'),
  },
  {
    name: 'channel',
    summary: 'extract a color channel as a mask: lightness, saturation, alpha and ten others',
    load: () => import('./commands/recipe/channel-command.js'),
  },
  {
    name: 'depth',
    summary: 'convert a rendered depth map (EXR, PFM, PNG, TIFF) to a gray image, with masks of its ranges',
    load: () => import('./commands/recipe/depth-command.js'),
  },
  {
    name: 'layers',
    summary: 'split an image into layers by depth, for parallax and for inpainting what lies behind',
    load: () => import('./commands/recipe/layers-command.js'),
  },
  {
    name: 'run',
    summary: 'run a recipe over many images: sources, mask operations and outputs in one file',
    load: () => import('./commands/run-command.js'),
  },
  {
    name: 'studio',
    summary: 'open a page to see masks, adjust them by sliders and by hand, and export them',
    load: () => import('./commands/server/studio-command.js'),
  },
  {
    name: 'serve',
    summary: 'serve an HTTP API for scripts and other programs',
    load: () => import('./commands/server/serve-command.js'),
  },
  {
    name: 'queue',
    summary: 'work on many machines: submit a recipe to a queue in Redis or PostgreSQL, and run it',
    load: () => import('./commands/queue-command.js'),
  },
  {
    name: 'work',
    summary: 'run a recipe on each image that standard input names: a worker for Ray, Spark or a script',
    load: () => import('./commands/work-command.js'),
  },
  {
    name: 'mcp',
    summary: 'serve assistants over the Model Context Protocol, on standard input and output',
    load: () => import('./commands/server/mcp-command.js'),
  },
  {
    name: 'explain',
    summary: 'show how a prompt is parsed: its tree, and the phrases that are detected',
    load: () => import('./commands/explain-command.js'),
  },
  {
    name: 'models',
    summary: 'list, download, check and remove models',
    load: () => import('./commands/models-command.js'),
  },
  {
    name: 'cache',
    summary: 'count or remove the heatmaps that are kept between runs',
    load: () => import('./commands/cache-command.js'),
  },
  {
    name: 'doctor',
    summary: 'check the installation: devices, caches, hub and models, with a self-test',
    load: () => import('./commands/doctor-command.js'),
  },
  {
    name: 'completion',
    summary: 'print a script that completes commands and options in a shell',
    load: async () => {
      const { completionCommand } = await import('./commands/completion-command.js');
      return { command: completionCommand(() => Promise.all(COMMANDS.map(loadCommand))) };
    },
  },
];
