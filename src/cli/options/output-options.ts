import { basename, dirname } from 'node:path';
import { MaskwrightError } from '../../errors.js';
import type { InputFile } from '../../io/files/expand-inputs.js';
import { NAMING_DEFAULTS, fillName, namingFor, stemOf } from '../../io/files/output-names.js';
import { filePlace } from '../../recipe/file-place.js';
import type { ArgumentsOf, OptionTable } from '../command.js';
import { template } from './template.js';

const group = 'Output:';

/** Where results go. */
export const outputOptions = {
  output: {
    alias: 'o',
    synonyms: ['out'],
    type: 'string',
    requiresArg: true,
    describe: 'the file to write; - for standard output',
    group,
    basic: true,
  },
  'output-dir': {
    synonyms: ['outdir'],
    type: 'string',
    requiresArg: true,
    fallback: NAMING_DEFAULTS.outdir,
    describe: 'folder for the results',
    group,
    basic: true,
  },
  name: {
    type: 'string',
    requiresArg: true,
    fallback: '{stem}.{kind}.{ext}',
    describe: 'how results in the folder are named; also {text} {parent} {index}',
    group,
  },
} as const satisfies OptionTable;

/** Also the mask. */
export const saveMaskOption = {
  'save-mask': {
    type: 'string',
    requiresArg: true,
    describe: 'also write the mask, white = selected; with --output-dir a name such as {stem}.mask.png',
    group,
  },
} as const satisfies OptionTable;

/** Whether nothing selected is a failure. */
export const failEmptyOption = {
  'fail-empty': { type: 'boolean', describe: 'exit with 6 when nothing is selected', group },
} as const satisfies OptionTable;

export type OutputArguments = ArgumentsOf<typeof outputOptions & typeof saveMaskOption>;

/** The fields of a recipe's output that say where it goes: to the file of `-o`, or into the folder under a name. */
export function placeFrom({ output, name }: OutputArguments): { readonly outdir?: string; readonly name?: string } {
  return output === undefined ? { name } : filePlace(output);
}

/** The folder of a recipe's results. */
export function outdirFrom({ outputDir }: OutputArguments): string | undefined {
  return outputDir === undefined ? undefined : template(outputDir);
}

/** The output that `--save-mask` asks for. */
export function savedMaskFrom({ saveMask, outputDir }: OutputArguments) {
  return savedFileFrom('mask', saveMask, outputDir);
}

/** A mask or a trimap in a file; in the folder of the results, where that is named. */
export function savedFileFrom<Kind extends 'mask' | 'trimap'>(
  kind: Kind,
  file: string | undefined,
  outputDir: string | undefined,
) {
  if (file === undefined) {
    return [];
  }
  const place =
    outputDir === undefined ? { outdir: template(dirname(file)), name: template(basename(file)) } : { name: file };
  return [{ kind, ...place }];
}

/**
 * What each input's result is called by a command that is no recipe: the one named file, or a name in the folder.
 * Throws `USAGE` where one file is named for many inputs.
 */
export function outputNames(
  { output, outputDir = NAMING_DEFAULTS.outdir, name = outputOptions.name.fallback }: OutputArguments,
  inputs: readonly InputFile[],
  kind: string,
): (input: InputFile, index: number) => string {
  if (output !== undefined) {
    assertOneInput(output, inputs.length);
    return () => output;
  }
  return (input, index) =>
    fillName(namingFor({ outdir: outputDir, name }, input, index, inputs.length), {
      stem: stemOf(input.path),
      text: kind,
      kind,
      ext: 'png',
    });
}

/** Throws `USAGE` where `-o` names one file for several inputs. */
export function assertOneInput(output: string | undefined, inputs: number): void {
  if (output !== undefined && inputs > 1) {
    throw new MaskwrightError('USAGE', `${inputs} images cannot be written to one file, ${output}`, {
      hint: 'name a folder instead: --output-dir ready',
    });
  }
}
