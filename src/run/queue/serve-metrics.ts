import { createServer } from 'node:http';
import { MaskwrightError } from '../../errors.js';
import type { TaskQueue } from './task-queue.js';

/** Counts the images of this process, and how many it does a second. */
export interface ImageCounter {
  readonly count: (failed: boolean) => void;
  readonly numbers: () => { readonly images: number; readonly failed: number; readonly imagesPerSecond: number };
}

/** The rate is that of the last minute. */
const WINDOW_MS = 60_000;

export function createImageCounter(now: () => number = () => performance.now()): ImageCounter {
  const started = now();
  let times: number[] = [];
  let images = 0;
  let failures = 0;
  return {
    count: (failed) => {
      images++;
      failures += failed ? 1 : 0;
      times.push(now());
    },
    numbers: () => {
      times = times.filter((time) => time > now() - WINDOW_MS);
      const seconds = Math.min(now() - started, WINDOW_MS) / 1000;
      return {
        images,
        failed: failures,
        imagesPerSecond: Math.round((times.length / Math.max(seconds, 1)) * 100) / 100,
      };
    },
  };
}

/**
 * Serves the numbers of a queue for autoscaling: `/metrics` for Prometheus, `/metrics.json` for KEDA's metrics-api, and
 * `/healthz`. Throws `USAGE` where the port is taken.
 */
export async function serveMetrics(
  queue: TaskQueue,
  port: number,
  counter?: ImageCounter,
): Promise<{ readonly port: number; readonly close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0];
    const answer = async (): Promise<[number, string, string]> => {
      if (path === '/healthz') {
        return [200, 'text/plain', 'ok\n'];
      }
      if (path !== '/metrics' && path !== '/metrics.json') {
        return [404, 'text/plain', 'there is /metrics, /metrics.json and /healthz\n'];
      }
      const { chunks, images } = await queue.status();
      const worker = counter?.numbers();
      return path === '/metrics.json'
        ? [200, 'application/json', `${JSON.stringify({ chunks, images, worker })}\n`]
        : [200, 'text/plain; version=0.0.4', prometheusText(chunks, images, worker)];
    };
    const serve = async (): Promise<void> => {
      const [status, type, body] = await answer().catch((): [number, string, string] => [
        503,
        'text/plain',
        'the queue does not answer\n',
      ]);
      response.writeHead(status, { 'content-type': type });
      response.end(body);
    };
    serve().catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new MaskwrightError('USAGE', `--metrics-port ${port} cannot be opened: ${error.code}`, {
          hint: 'name another port',
          cause: error,
        }),
      ),
    );
    server.listen(port, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function prometheusText(
  chunks: Readonly<Record<string, number>>,
  images: Readonly<Record<string, number>>,
  worker: ReturnType<ImageCounter['numbers']> | undefined,
): string {
  const lines = (name: string, help: string, values: Readonly<Record<string, number>>): string[] => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} gauge`,
    ...Object.entries(values).map(([state, value]) => `${name}{state="${state}"} ${value}`),
  ];
  return [
    ...lines('maskwright_queue_chunks', 'Chunks of images by state.', chunks),
    ...lines('maskwright_queue_images', 'Images by state.', images),
    ...(worker === undefined
      ? []
      : [
          '# HELP maskwright_worker_images_total Images that this worker has done.',
          '# TYPE maskwright_worker_images_total counter',
          `maskwright_worker_images_total{outcome="done"} ${worker.images - worker.failed}`,
          `maskwright_worker_images_total{outcome="failed"} ${worker.failed}`,
          '# HELP maskwright_worker_images_per_second Images a second in the last minute.',
          '# TYPE maskwright_worker_images_per_second gauge',
          `maskwright_worker_images_per_second ${worker.imagesPerSecond}`,
        ]),
    '',
  ].join('\n');
}
