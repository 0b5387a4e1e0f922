import type { Command } from './command.js';

/** What the top level knows of a command before it is asked for: so `--help` loads none of them. */
export interface CommandEntry {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  readonly load: () => Promise<{ readonly command: Command }>;
}

/** Every command, in the order of the help. A command's file exports `command`. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'mask',
    summary: 'find things by words: cut-outs and a mask for each phrase',
    load: () => import('./commands/recipe/mask-command.js'),
  },
  {
    name: 'inpaint',
    summary: 'an image ready to inpaint: the selected pixels transparent, every color kept',
    load: () => import('./commands/recipe/inpaint-command.js'),
  },
  {
    name: 'targets',
    summary: 'what each program wants of a mask: all of them, or one explained',
    load: () => import('./commands/targets-command.js'),
  },
  {
    name: 'check',
    summary: 'is this image, with this mask, fit for inpainting?',
    load: () => import('./commands/check-command.js'),
  },
  {
    name: 'repair',
    summary: 'put erased color back under transparent pixels',
    load: () => import('./commands/repair-command.js'),
  },
  {
    name: 'crop',
    summary: 'cut the selection with its context out, at the size a model paints',
    load: () => import('./commands/recipe/crop-command.js'),
  },
  {
    name: 'stitch',
    summary: 'put a painted crop back: outside the stitch mask every byte stays',
    load: () => import('./commands/stitch-command.js'),
  },
  {
    name: 'outpaint',
    summary: 'a larger canvas to be painted: edges continued, and the mask of what is new',
    load: () => import('./commands/recipe/outpaint-command.js'),
  },
  {
    name: 'composite',
    aliases: ['comp'],
    summary: 'lay one image on another through masks: files, words, or both',
    load: () => import('./commands/recipe/composite-command.js'),
  },
  {
    name: 'edit',
    summary: 'shape mask files: grow, feather, fill holes, drop small components, combine',
    load: () => import('./commands/recipe/edit-command.js'),
  },
  {
    name: 'channel',
    summary: 'a color channel as a mask: lightness, saturation, alpha and ten others',
    load: () => import('./commands/recipe/channel-command.js'),
  },
  {
    name: 'depth',
    summary: 'a rendered depth map (EXR, PFM, PNG, TIFF) as a gray image, with masks of its ranges',
    load: () => import('./commands/recipe/depth-command.js'),
  },
  {
    name: 'layers',
    summary: 'cut an image into layers by depth, for parallax and for inpainting what lies behind',
    load: () => import('./commands/recipe/layers-command.js'),
  },
  {
    name: 'run',
    summary: 'a recipe: sources, shape and outputs in a file, over many images',
    load: () => import('./commands/run-command.js'),
  },
  {
    name: 'studio',
    summary: 'a page to see masks, adjust them by sliders and by hand, and export them',
    load: () => import('./commands/studio-command.js'),
  },
  {
    name: 'serve',
    summary: 'an HTTP API for scripts and other programs',
    load: () => import('./commands/serve-command.js'),
  },
  {
    name: 'queue',
    summary: 'many machines: submit a recipe to a queue in Redis or PostgreSQL, and work on it',
    load: () => import('./commands/queue-command.js'),
  },
  {
    name: 'work',
    summary: 'run a recipe on an image a line of standard input: a worker for Ray, Spark or a script',
    load: () => import('./commands/work-command.js'),
  },
  {
    name: 'explain',
    summary: 'how a prompt is parsed: its tree, and the phrases that are detected',
    load: () => import('./commands/explain-command.js'),
  },
  {
    name: 'models',
    summary: 'list, download, check and remove the models that find things',
    load: () => import('./commands/models-command.js'),
  },
  {
    name: 'cache',
    summary: 'the heatmaps kept between runs: how many there are, and removing them',
    load: () => import('./commands/cache-command.js'),
  },
  {
    name: 'doctor',
    summary: 'examine the installation: devices, caches, hub, models, and a self-test',
    load: () => import('./commands/doctor-command.js'),
  },
  {
    name: 'completion',
    summary: 'print a script that completes commands and options in a shell',
    load: async () => {
      const { completionCommand } = await import('./commands/completion-command.js');
      const others = COMMANDS.filter(({ name }) => name !== 'completion');
      const load = (): Promise<Command[]> => Promise.all(others.map(async (entry) => (await entry.load()).command));
      return { command: completionCommand(load) };
    },
  },
];
