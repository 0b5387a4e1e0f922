import { markNoData, type NoData } from '../../depth/mark-no-data.js';
import { decodeDepth, type DecodedDepth, type DecodeDepthOptions } from '../../io/depth/decode-depth.js';

/** What a depth file does not say about itself, and which of its values mean that there is no depth. */
export interface ReadDepthOptions extends DecodeDepthOptions {
  /** Default `auto`. */
  readonly noData?: NoData | undefined;
}

/** Reads a depth map; values that mean that there is no depth become NaN. Throws what `decodeDepth` throws. */
export async function readDepth(path: string, { noData, ...options }: ReadDepthOptions = {}): Promise<DecodedDepth> {
  const decoded = await decodeDepth(path, options);
  const { map, values, missing } = markNoData(decoded.map, noData);
  const isGuess = noData === undefined || noData === 'auto';
  return missing === 0 || !isGuess
    ? { ...decoded, map }
    : {
        ...decoded,
        map,
        warnings: [
          ...decoded.warnings,
          `${decoded.name}: ${values.join(' and ')} is taken for no depth, in ${missing} ` +
            `${missing === 1 ? 'pixel' : 'pixels'}; --no-data none (noData: none in a recipe) takes every value for a depth`,
        ],
      };
}
