import { Hono } from 'hono';
import { TARGETS } from '../inpaint/targets/target-table.js';
import { locateModel } from '../models/registry/locate-model.js';
import type { DownloadProgress } from '../models/registry/model-choice.js';
import { MODEL_DEFAULTS } from '../models/registry/model-choice.js';
import { listModels } from '../run/manage-models.js';
import { openModels } from '../sources/model-pool.js';
import { VERSION } from '../version.js';
import { guardRequest } from './http/guard-request.js';
import { HttpError, redactPaths, toErrorResponse } from './http/http-error.js';
import { createWorkQueue } from './http/work-queue.js';
import { createMetrics } from './metrics.js';
import { openApiDocument } from './open-api.js';
import { detectRoute } from './routes/detect-route.js';
import { checkRoute, runRoute, runSessionRoute } from './routes/run-route.js';
import { openSessionRoute, pixelsRoute, sessionDetectRoute, stitchRoute } from './routes/session-routes.js';
import { recipeRoute, saveRoute, stateRoute, thumbnailRoute } from './routes/studio-routes.js';
import type { ServerContext } from './server-context.js';
import { SERVER_DEFAULTS, type ServerOptions } from './server-options.js';
import { createSessionStore } from './session-store.js';
import { studioFile } from './studio-files.js';
import { openStudioFolder } from './studio-folder.js';

/** A server without a socket: whatever speaks the Fetch API can mount it. */
export interface MaskwrightServer {
  /** Answers a request. Never throws. */
  readonly fetch: (request: Request) => Promise<Response>;
  /** Closes open images, and the models unless they were passed in. Safe to call twice. */
  readonly close: () => Promise<void>;
}

/**
 * Makes the HTTP API of `maskwright serve` as a Fetch handler: `POST /v1/detect`, `POST /v1/run`, `/v1/sessions`,
 * `/v1/targets`, `/v1/models`, `/healthz`, `/metrics`; `GET /openapi.json` describes it. Only requests for loopback
 * names are answered unless `hosts` names others. Models are loaded when first needed.
 * Throws `MODEL_NOT_FOUND` for a model that is none.
 *
 * @example
 * import { createServer } from 'maskwright';
 *
 * const server = createServer({ model: 'tiny' });
 * const response = await server.fetch(new Request('http://localhost/healthz'));
 * console.log(await response.json());
 * await server.close();
 */
export function createServer(options: ServerOptions = {}): MaskwrightServer {
  const settings = { ...SERVER_DEFAULTS, ...definedOnly(options) };
  if (options.models === undefined) {
    // A name that is none is refused at the start, before a request asks for it.
    locateModel(options, 'text-segmentation');
  }
  const listeners = new Set<(progress: DownloadProgress) => void>();
  const models =
    options.models ??
    openModels(options, { onProgress: (progress) => listeners.forEach((listener) => listener(progress)) });
  const queue = createWorkQueue(settings);
  const sessions = createSessionStore({ ...settings, models, cache: options.cache });
  const context: ServerContext = {
    queue,
    models,
    model: options.model ?? MODEL_DEFAULTS.model,
    cache: options.cache,
    sessions,
    maxBodyBytes: settings.maxBodyBytes,
    folder: options.studio === undefined ? undefined : openStudioFolder(options.studio),
    onDownload: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  const metrics = createMetrics({
    active: queue.active,
    waiting: queue.waiting,
    sessions: sessions.count,
    sessionBytes: sessions.bytes,
  });
  const app = routes(context, metrics, options.studio !== undefined);
  const answer = async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url);
    const isPublic = options.studio !== undefined && request.method === 'GET' && !pathname.startsWith('/v1/');
    try {
      guardRequest(request, { hosts: settings.hosts, token: options.token }, isPublic && pathname !== '/metrics');
      return await app.fetch(request);
    } catch (error) {
      return toErrorResponse(error);
    }
  };
  return {
    fetch: async (request) => {
      const started = performance.now();
      const response = await answer(request);
      const route = routeOf(new URL(request.url).pathname);
      metrics.observe({ method: request.method, route, status: response.status }, (performance.now() - started) / 1000);
      for (const [name, value] of Object.entries(SECURITY_HEADERS)) {
        if (!response.headers.has(name)) {
          response.headers.set(name, value);
        }
      }
      return response;
    },
    close: async () => {
      sessions.clear();
      if (options.models === undefined) {
        await models.close();
      }
    },
  };
}

const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
};

function routes(context: ServerContext, metrics: ReturnType<typeof createMetrics>, hasStudio: boolean): Hono {
  const { sessions, queue } = context;
  const app = new Hono();
  app.onError((error) => toErrorResponse(error));
  app.post('/v1/detect', ({ req }) => detectRoute(req.raw, context));
  app.post('/v1/run', ({ req }) => runRoute(req.raw, context));
  app.post('/v1/sessions', ({ req }) => openSessionRoute(req.raw, context));
  app.delete('/v1/sessions/:id', ({ req }) => {
    sessions.close(req.param('id'));
    return new Response(null, { status: 204 });
  });
  app.get('/v1/sessions/:id/pixels', ({ req }) => pixelsRoute(sessions.get(req.param('id'))));
  app.post('/v1/sessions/:id/detect', ({ req }) => sessionDetectRoute(req.raw, context, sessions.get(req.param('id'))));
  app.post('/v1/sessions/:id/run', ({ req }) => runSessionRoute(req.raw, context, sessions.get(req.param('id'))));
  app.post('/v1/sessions/:id/check', ({ req }) => checkRoute(req.raw, context, sessions.get(req.param('id'))));
  app.post('/v1/sessions/:id/stitch', ({ req }) => stitchRoute(req.raw, context, sessions.get(req.param('id'))));
  app.get('/v1/targets', () => Response.json({ targets: TARGETS }));
  app.get('/v1/models', async () => Response.json(await describeModels(context.model)));
  app.get('/healthz', () =>
    Response.json({
      status: 'ok',
      version: VERSION,
      active: queue.active(),
      waiting: queue.waiting(),
      sessions: sessions.count(),
    }),
  );
  app.get(
    '/metrics',
    async () => new Response(await metrics.text(), { headers: { 'content-type': metrics.contentType } }),
  );
  app.get('/openapi.json', () => Response.json(openApiDocument()));
  if (hasStudio) {
    app.get('/v1/images', () => Response.json(context.folder!.list()));
    app.get('/v1/images/:id/thumbnail', ({ req }) => thumbnailRoute(context, req.param('id')));
    app.put('/v1/images/:id/state', ({ req }) => stateRoute(req.raw, context, req.param('id')));
    app.post('/v1/sessions/:id/save', ({ req }) => saveRoute(req.raw, context, sessions.get(req.param('id'))));
    app.post('/v1/recipe', ({ req }) => recipeRoute(req.raw));
    app.get('*', ({ req }) => studioFile(req.path));
  }
  app.notFound(({ req }) =>
    toErrorResponse(
      new HttpError(404, 'NOT_FOUND', `there is no ${req.method} ${req.path}`, {
        hint: 'GET /openapi.json describes the API',
      }),
    ),
  );
  return app;
}

/** A path with its identifiers replaced, so that there are few of them in the metrics. */
function routeOf(path: string): string {
  const known = /^\/(v1\/(detect|run|targets|models|sessions|images)|healthz|metrics|openapi\.json)?/.exec(path)![0];
  return path.startsWith('/v1/sessions/')
    ? `/v1/sessions/{id}${/\/(pixels|detect|run|check|stitch|save)$/.exec(path)?.[0] ?? ''}`
    : known === '/' && path !== '/'
      ? 'other'
      : known;
}

async function describeModels(served: string) {
  const models = await listModels();
  return {
    served: redactPaths(served),
    models: models.map(({ name, id, task, license, state }) => ({ name, id, task, license, state })),
  };
}

function definedOnly(options: ServerOptions): ServerOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
