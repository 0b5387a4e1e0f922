/** A refusal of the server, in its own words. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: string;
  readonly hint: string | undefined;

  constructor(status: number, code: string, message: string, hint?: string) {
    super(message);
    this.status = status;
    this.code = code;
    this.hint = hint;
  }
}

export interface SessionInfo {
  readonly id: string;
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly format: string;
  readonly warnings: readonly string[];
}

export interface ListedImage {
  readonly id: number;
  readonly name: string;
  readonly outdir: string;
  readonly state: 'open' | 'accepted' | 'rejected';
}

export interface TargetInfo {
  readonly name: string;
  readonly title: string;
  readonly nextStep: string;
}

export interface Finding {
  readonly code: string;
  readonly severity: 'error' | 'warning' | 'note';
  readonly message: string;
  readonly hint?: string;
}

export interface NamedBlob {
  readonly name: string;
  readonly data: Blob;
}

const TOKEN_KEY = 'maskwright-token';

/** The token comes behind # in the address, which no server sees, and stays in the tab. */
function readToken(): string | undefined {
  const given = new URLSearchParams(location.hash.slice(1)).get('token');
  if (given !== null) {
    sessionStorage.setItem(TOKEN_KEY, given);
    history.replaceState(null, '', location.pathname);
  }
  return sessionStorage.getItem(TOKEN_KEY) ?? undefined;
}

const token = readToken();

/** Asks the server. Throws `ApiError`, with status 0 where it cannot be reached. */
export async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  if (token !== undefined) {
    headers.set('authorization', `Bearer ${token}`);
  }
  let response: Response;
  try {
    response = await fetch(path, { ...init, headers });
  } catch (error) {
    if ((error as Error).name === 'AbortError') {
      throw error;
    }
    throw new ApiError(0, 'UNREACHABLE', 'the server does not answer');
  }
  if (!response.ok) {
    const body = (await response.json().catch(() => undefined)) as
      | { error?: { code: string; message: string; hint?: string } }
      | undefined;
    const { code = 'HTTP', message = `the server answered ${response.status}`, hint } = body?.error ?? {};
    throw new ApiError(response.status, code, message, hint);
  }
  return response;
}

export async function askJson<Answer>(path: string, init?: RequestInit): Promise<Answer> {
  return (await (await ask(path, init)).json()) as Answer;
}

export const listImages = () => askJson<{ images: ListedImage[] }>('/v1/images');
export const listTargets = async () => (await askJson<{ targets: TargetInfo[] }>('/v1/targets')).targets;
export const listModels = () => askJson<{ served: string }>('/v1/models');

export function openImage(image: File | number): Promise<SessionInfo> {
  const form = new FormData();
  if (typeof image === 'number') {
    form.append('imageId', String(image));
  } else {
    form.append('image', image, image.name);
  }
  return askJson<SessionInfo>('/v1/sessions', { method: 'POST', body: form });
}

export async function loadPixels(session: string): Promise<ArrayBuffer> {
  return (await ask(`/v1/sessions/${session}/pixels`)).arrayBuffer();
}

export interface HeatmapData {
  readonly phrase: string;
  readonly width: number;
  readonly height: number;
  readonly data: ArrayBuffer;
}

export async function detectPhrases(
  session: string,
  phrases: readonly string[],
  signal?: AbortSignal,
): Promise<HeatmapData[]> {
  const { heatmaps } = await askJson<{ heatmaps: { phrase: string; width: number; height: number; data: string }[] }>(
    `/v1/sessions/${session}/detect`,
    {
      method: 'POST',
      body: JSON.stringify({ phrases }),
      headers: { 'content-type': 'application/json' },
      signal: signal ?? null,
    },
  );
  return heatmaps.map((heatmap) => ({
    ...heatmap,
    data: Uint8Array.from(atob(heatmap.data), (character) => character.charCodeAt(0)).buffer,
  }));
}

function recipeForm(recipe: unknown, files: readonly NamedBlob[]): FormData {
  const form = new FormData();
  form.append('recipe', JSON.stringify(recipe));
  for (const { name, data } of files) {
    form.append('file', data, name);
  }
  return form;
}

/** The files that a recipe makes of the open image. */
export async function runRecipe(
  session: string,
  recipe: unknown,
  files: readonly NamedBlob[],
): Promise<{ files: NamedBlob[]; warnings: readonly string[]; outputs: readonly Record<string, unknown>[] }> {
  const response = await ask(`/v1/sessions/${session}/run`, { method: 'POST', body: recipeForm(recipe, files) });
  const parts = await response.formData();
  const report = JSON.parse(await (parts.get('report') as File).text()) as {
    results: { warnings: string[]; outputs: Record<string, unknown>[]; files: { path: string }[] }[];
  };
  const [result] = report.results;
  const made = parts.getAll('file') as File[];
  return {
    files: made.map((data, i) => ({ name: result!.files[i]!.path, data })),
    warnings: result!.warnings,
    outputs: result!.outputs,
  };
}

export async function runZip(session: string, recipe: unknown, files: readonly NamedBlob[]): Promise<Blob> {
  const headers = { accept: 'application/zip' };
  const response = await ask(`/v1/sessions/${session}/run`, {
    method: 'POST',
    body: recipeForm(recipe, files),
    headers,
  });
  return response.blob();
}

export function saveResult(session: string, recipe: unknown, files: readonly NamedBlob[]) {
  return askJson<{ files: { kind: string; path: string }[]; warnings: string[] }>(`/v1/sessions/${session}/save`, {
    method: 'POST',
    body: recipeForm(recipe, files),
  });
}

export function checkResult(
  session: string,
  recipe: unknown,
  files: readonly NamedBlob[],
  target: string,
  signal: AbortSignal,
) {
  const form = recipeForm(recipe, files);
  form.append('target', target);
  return askJson<{ valid: boolean; findings: Finding[] }>(`/v1/sessions/${session}/check`, {
    method: 'POST',
    body: form,
    signal,
  });
}

export async function stitch(session: string, painted: Blob, manifest: Blob, mask: Blob): Promise<Blob> {
  const form = new FormData();
  form.append('painted', painted, 'painted.png');
  form.append('manifest', manifest, 'manifest.json');
  form.append('mask', mask, 'stitch.png');
  return (await ask(`/v1/sessions/${session}/stitch`, { method: 'POST', body: form })).blob();
}

export async function markImage(id: number, state: ListedImage['state']): Promise<void> {
  await ask(`/v1/images/${id}/state`, { method: 'PUT', body: JSON.stringify({ state }) });
}

/** A recipe's text as data; the server reads YAML. */
export function parseRecipe(text: string): Promise<Record<string, unknown>> {
  return askJson<Record<string, unknown>>('/v1/recipe', { method: 'POST', body: JSON.stringify({ recipe: text }) });
}
