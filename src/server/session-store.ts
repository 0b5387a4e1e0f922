import { randomUUID } from 'node:crypto';
import { trimToSize, useKey } from '../lru-map.js';
import { decodeImage, type ImageSource } from '../io/image/decode-image.js';
import type { ModelPool } from '../sources/model-pool.js';
import { openSession, type Session } from '../run/session.js';
import { HttpError } from './http/http-error.js';

/** An open image. */
export interface OpenImage {
  readonly id: string;
  /** The name that recipes know it by. */
  readonly name: string;
  /** The number of the image among those that the studio was started with. */
  readonly imageId?: number | undefined;
  readonly session: Session;
}

/** What bounds the store. */
export interface SessionStoreOptions {
  readonly models: ModelPool;
  readonly cache?: boolean | undefined;
  readonly maxSessions: number;
  readonly maxSessionBytes: number;
}

/** Open images, decoded once. What was not used for longest is closed when a limit is reached. */
export interface SessionStore {
  readonly open: (image: ImageSource, name: string, imageId?: number) => Promise<OpenImage>;
  /** Throws 404 for one that was closed or evicted. */
  readonly get: (id: string) => OpenImage;
  readonly close: (id: string) => void;
  readonly count: () => number;
  readonly bytes: () => number;
  readonly clear: () => void;
}

export function createSessionStore({ models, cache, maxSessions, maxSessionBytes }: SessionStoreOptions): SessionStore {
  const open = new Map<string, OpenImage>();
  const bytesOf = ({ session: { image } }: OpenImage): number => image.raster.data.byteLength + image.bytes.byteLength;
  const bytes = (): number => [...open.values()].reduce((sum, item) => sum + bytesOf(item), 0);
  return {
    open: async (image, name, imageId) => {
      const session = await openSession(await decodeImage(image, name), { models, cache });
      const item = { id: randomUUID(), name, imageId, session };
      open.set(item.id, item);
      while (open.size > 1 && (open.size > maxSessions || bytes() > maxSessionBytes)) {
        trimToSize(open, open.size - 1);
      }
      return item;
    },
    get: (id) => {
      const item = useKey(open, id);
      if (item === undefined) {
        throw new HttpError(
          404,
          'SESSION_NOT_FOUND',
          'there is no such session: it was closed, or others took its memory',
          {
            hint: 'open the image again with POST /v1/sessions',
          },
        );
      }
      return item;
    },
    close: (id) => void open.delete(id),
    count: () => open.size,
    bytes,
    clear: () => open.clear(),
  };
}
