import { z } from 'zod';
import type { NoData } from '../../depth/mark-no-data.js';
import { DEPTH_ORDERS, type DepthOrder } from '../../raster/index.js';
import { number, text } from '../schema-fields.js';
import type { ReadDepthOptions } from './read-depth.js';

/** How a depth map is read, as a recipe writes it. */
export interface DepthFileFields {
  readonly channel?: string | undefined;
  readonly part?: string | undefined;
  readonly depthOrder?: DepthOrder | undefined;
  readonly noData?: 'auto' | 'none' | number | readonly number[] | undefined;
}

/** The fields that say how a depth map is read. */
export function depthFileFields() {
  return {
    channel: text().optional().describe('channel of an EXR file [default: the one that looks like depth]'),
    part: text().optional().describe('part of a multipart EXR file: its name, or its number from 1'),
    depthOrder: z
      .enum(DEPTH_ORDERS)
      .optional()
      .describe('which values of the file are near [default: large in PNG, small in the others]'),
    noData: z
      .union([z.enum(['auto', 'none']), number(), z.array(number()).min(1)])
      .optional()
      .describe(
        'values that mean no depth [default: auto, which detects 0, -1, -9999 and -32768]; none: no value does',
      ),
  };
}

/** The same fields, as a depth map is read by them. */
export function readOptionsOf({ channel, part, depthOrder, noData }: DepthFileFields): ReadDepthOptions {
  return { channel, part, depthOrder, noData: noDataOf(noData) };
}

function noDataOf(noData: DepthFileFields['noData']): NoData | undefined {
  return typeof noData === 'number' ? [noData] : noData;
}
