import type { CommandModule } from 'yargs';

/** What the top level knows of a command before it is asked for: so `--help` loads none of them. */
export interface CommandEntry {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly describe: string;
  readonly load: () => Promise<{ readonly command: CommandModule }>;
}

/** Every command, in the order of the help. A command's file exports `command`, a yargs module. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'mask',
    describe: 'find things by words: cut-outs and a mask for each phrase',
    load: () => import('./commands/mask.js'),
  },
  {
    name: 'inpaint',
    describe: 'an image ready to inpaint: the selected pixels transparent, every color kept',
    load: () => import('./commands/inpaint.js'),
  },
  {
    name: 'targets',
    describe: 'what each program wants of a mask: all of them, or one explained',
    load: () => import('./commands/targets.js'),
  },
  {
    name: 'check',
    describe: 'is this image, with this mask, fit for inpainting?',
    load: () => import('./commands/check.js'),
  },
  {
    name: 'repair',
    describe: 'put erased color back under transparent pixels',
    load: () => import('./commands/repair.js'),
  },
  {
    name: 'crop',
    describe: 'cut the selection with its context out, at the size a model paints',
    load: () => import('./commands/crop.js'),
  },
  {
    name: 'stitch',
    describe: 'put a painted crop back: outside the stitch mask every byte stays',
    load: () => import('./commands/stitch.js'),
  },
  {
    name: 'outpaint',
    describe: 'a larger canvas to be painted: edges continued, and the mask of what is new',
    load: () => import('./commands/outpaint.js'),
  },
  {
    name: 'composite',
    aliases: ['comp'],
    describe: 'lay one image on another through masks: files, words, or both',
    load: () => import('./commands/composite.js'),
  },
  {
    name: 'edit',
    describe: 'shape mask files: grow, feather, fill holes, drop small components, combine',
    load: () => import('./commands/edit.js'),
  },
  {
    name: 'channel',
    describe: 'a color channel as a mask: lightness, saturation, alpha and ten others',
    load: () => import('./commands/channel.js'),
  },
  {
    name: 'depth',
    describe: 'a rendered depth map (EXR, PFM, PNG, TIFF) as a gray image, with masks of its ranges',
    load: () => import('./commands/depth.js'),
  },
  {
    name: 'layers',
    describe: 'cut an image into layers by depth, for parallax and for inpainting what lies behind',
    load: () => import('./commands/layers.js'),
  },
  {
    name: 'run',
    describe: 'a recipe: sources, shape and outputs in a file, over many images',
    load: () => import('./commands/run.js'),
  },
  {
    name: 'explain',
    describe: 'how a prompt is read: its tree, and what will be looked for',
    load: () => import('./commands/explain.js'),
  },
  {
    name: 'models',
    describe: 'list, download, check and remove the models that find things',
    load: () => import('./commands/models.js'),
  },
  {
    name: 'cache',
    describe: 'the heatmaps kept between runs: how many there are, and removing them',
    load: () => import('./commands/cache.js'),
  },
  {
    name: 'completion',
    describe: 'a script that completes commands and options in a shell, or the manual page',
    load: () => import('./commands/completion.js'),
  },
];
