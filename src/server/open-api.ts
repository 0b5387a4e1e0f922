import { z } from 'zod';
import { VERSION } from '../version.js';
import * as answers from './api-schemas.js';

type Json = Readonly<Record<string, unknown>>;

/** A zod schema as the JSON Schema (2020-12) that OpenAPI 3.1 takes. */
function schemaOf(schema: z.ZodType): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'output' });
  return rest;
}

const json = (description: string, schema: z.ZodType): Json => ({
  description,
  content: { 'application/json': { schema: schemaOf(schema) } },
});
const binary = (type: string): Json => ({ [type]: { schema: { type: 'string', format: 'binary' } } });
const events: Json = {
  'text/event-stream': {
    schema: { type: 'string' },
    example: 'event: progress\ndata: {"stage":"running"}\n\nevent: result\ndata: {}\n\n',
  },
};
const upload = (description: string): Json => ({ type: 'string', format: 'binary', description });
const text = (description: string): Json => ({ type: 'string', description });
const form = (properties: Json, required: readonly string[]): Json => ({
  required: true,
  content: { 'multipart/form-data': { schema: { type: 'object', properties, required } } },
});

const refused = {
  '400': json('the request, its recipe or its image cannot be used', answers.errorAnswer),
  '401': json('the token is missing or wrong', answers.errorAnswer),
  '403': json('the Host or Origin header is not one of this server', answers.errorAnswer),
} as const;
const worked = {
  ...refused,
  '413': json('the body or the image is too large', answers.errorAnswer),
  '415': json('the body is not multipart/form-data', answers.errorAnswer),
  '422': json('nothing is selected', answers.errorAnswer),
  '429': json('too many requests are waiting', answers.errorAnswer),
  '500': json('a bug, or a result that could not be made', answers.errorAnswer),
  '503': json('the model cannot be loaded or run', answers.errorAnswer),
} as const;
const unknownSession = { '404': json('there is no such session', answers.errorAnswer) };
const sessionId = [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }];
const recipeFields = {
  recipe: text('a recipe as YAML or JSON; its inputs are left out'),
  file: { type: 'array', items: upload('files that the recipe names, by their file name') },
};

/** The API as an OpenAPI 3.1 document, generated from the schemas that check the answers in the tests. */
export function openApiDocument(): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'maskwright',
      version: VERSION,
      description: 'Masks for inpainting over HTTP. The same recipes as on the command line, run by the same code.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{}, { token: [] }],
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    paths: {
      '/v1/detect': {
        post: {
          operationId: 'detect',
          summary: 'Detect prompts in an image: statistics, or the heatmap as a 16-bit PNG.',
          requestBody: form({ image: upload('the image'), ...(schemaOf(answers.detectFields)['properties'] as Json) }, [
            'image',
            'prompt',
          ]),
          responses: {
            '200': {
              description: 'statistics; with Accept: image/png the heatmap of the first prompt, 65535 = certain',
              content: {
                'application/json': { schema: schemaOf(answers.detectAnswer) },
                ...binary('image/png'),
                ...events,
              },
            },
            ...worked,
          },
        },
      },
      '/v1/run': {
        post: {
          operationId: 'run',
          summary: 'Run a recipe on uploaded images; the files come back.',
          requestBody: form({ image: { type: 'array', items: upload('the images') }, ...recipeFields }, [
            'recipe',
            'image',
          ]),
          responses: {
            '200': {
              description: 'a part `report` and a part for each file; with Accept: application/zip an archive of them',
              content: {
                'multipart/form-data': {
                  schema: { type: 'object', properties: { report: schemaOf(answers.runAnswer) } },
                },
                ...binary('application/zip'),
                ...events,
              },
            },
            ...worked,
          },
        },
      },
      '/v1/sessions': {
        post: {
          operationId: 'openSession',
          summary: 'Open an image that is worked on again and again: it is decoded and encoded by the model once.',
          requestBody: form(
            { image: upload('the image'), imageId: text('or the number of an image of the studio') },
            [],
          ),
          responses: { '201': json('the session', answers.sessionAnswer), ...worked },
        },
      },
      '/v1/sessions/{id}': {
        parameters: sessionId,
        delete: {
          operationId: 'closeSession',
          summary: 'Close a session.',
          responses: { '204': { description: 'closed' }, ...refused },
        },
      },
      '/v1/sessions/{id}/pixels': {
        parameters: sessionId,
        get: {
          operationId: 'getPixels',
          summary: 'The decoded image: 8-bit RGBA, row by row.',
          responses: {
            '200': { description: 'width x height x 4 bytes', content: binary('application/octet-stream') },
            ...unknownSession,
            ...refused,
          },
        },
      },
      '/v1/sessions/{id}/detect': {
        parameters: sessionId,
        post: {
          operationId: 'detectInSession',
          summary: "Heatmaps of phrases at the model's resolution.",
          requestBody: {
            required: true,
            content: { 'application/json': { schema: schemaOf(answers.phrasesRequest) } },
          },
          responses: { '200': json('one heatmap a phrase', answers.heatmapsAnswer), ...unknownSession, ...worked },
        },
      },
      '/v1/sessions/{id}/run': {
        parameters: sessionId,
        post: {
          operationId: 'runInSession',
          summary: 'Run a recipe on the open image.',
          requestBody: form(recipeFields, ['recipe']),
          responses: {
            '200': {
              description: 'as /v1/run',
              content: {
                'multipart/form-data': {
                  schema: { type: 'object', properties: { report: schemaOf(answers.runAnswer) } },
                },
                ...binary('application/zip'),
                ...events,
              },
            },
            ...unknownSession,
            ...worked,
          },
        },
      },
      '/v1/sessions/{id}/check': {
        parameters: sessionId,
        post: {
          operationId: 'checkInSession',
          summary: 'Run a recipe for a target and check what it makes, without sending the files.',
          requestBody: form({ ...recipeFields, target: text('the target') }, ['recipe', 'target']),
          responses: { '200': json('the findings', answers.checkAnswer), ...unknownSession, ...worked },
        },
      },
      '/v1/sessions/{id}/stitch': {
        parameters: sessionId,
        post: {
          operationId: 'stitchInSession',
          summary: 'Put a painted crop back into the open image.',
          requestBody: form(
            {
              painted: upload('what the painter returned'),
              manifest: upload('the manifest that was written with the crop'),
              mask: upload('the stitch mask that was written with the crop'),
            },
            ['painted', 'manifest', 'mask'],
          ),
          responses: {
            '200': { description: 'the image', content: binary('image/png') },
            ...unknownSession,
            ...worked,
          },
        },
      },
      '/v1/targets': {
        get: {
          operationId: 'listTargets',
          summary: 'What each program wants of a mask.',
          responses: { '200': json('all targets', answers.targetsAnswer), ...refused },
        },
      },
      '/v1/models': {
        get: {
          operationId: 'listModels',
          summary: 'The models that are known and downloaded.',
          responses: { '200': json('all models', answers.modelsAnswer), ...refused },
        },
      },
      '/healthz': {
        get: {
          operationId: 'health',
          summary: 'Whether the server answers, and how busy it is.',
          responses: { '200': json('it does', answers.healthAnswer), ...refused },
        },
      },
      '/metrics': {
        get: {
          operationId: 'metrics',
          summary: 'Counts in the text format of Prometheus.',
          responses: {
            '200': { description: 'the counts', content: { 'text/plain': { schema: { type: 'string' } } } },
            ...refused,
          },
        },
      },
    },
  };
}
