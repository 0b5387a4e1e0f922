import { EXPORT_FORMATS, type ExportFormat } from '../../../io/export/annotation.js';
import { MaskwrightError } from '../../../errors.js';
import type { RecipeInput } from '../../../recipe/schema.js';
import type { ArgumentsOf, OptionTable } from '../../command.js';
import type { OutputArguments } from '../output-options.js';

const group = 'Output:';

/** Masks for annotation tools and paint programs. */
export const exportOptions = {
  export: {
    type: 'string',
    array: true,
    nargs: 1,
    coerce: parseFormats,
    describe: `also as ${EXPORT_FORMATS.join(', ')}; again for more`,
    group,
  },
  each: { type: 'boolean', describe: 'in exports each instance by itself, not each prompt', group },
} as const satisfies OptionTable;

type ExportArguments = ArgumentsOf<typeof exportOptions> & OutputArguments & { readonly splitTouching?: boolean };

/** The outputs that `--export` asks for, in the folder of the other results. Throws `USAGE` for `--each` without it. */
export function exportsFrom({ export: formats = [], each, splitTouching }: ExportArguments): RecipeInput['outputs'] {
  if (each === true && formats.length === 0) {
    throw new MaskwrightError('USAGE', '--each needs --export', { hint: 'name a format: --export coco' });
  }
  return formats.map((format) => ({ kind: 'export', format, each, splitTouching }) as const);
}

function parseFormats(values: readonly string[] | undefined): readonly ExportFormat[] | undefined {
  return values?.map((value) => {
    const format = EXPORT_FORMATS.find((known) => known === value);
    if (format === undefined) {
      throw new MaskwrightError('OPTION_RANGE', `--export is ${JSON.stringify(value)}`, {
        hint: `it is ${EXPORT_FORMATS.join(', ')}`,
      });
    }
    return format;
  });
}
