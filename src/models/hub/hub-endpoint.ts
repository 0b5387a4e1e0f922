import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { MaskwrightError } from '../../errors.js';
import { redactSecrets, rememberSecret } from './redact-secrets.js';

const DEFAULT_ENDPOINT = 'https://huggingface.co';

/** The server of models: `HF_ENDPOINT`, else the Hugging Face hub. Throws `MODEL_DOWNLOAD` where it is no address. */
export function hubEndpoint(): string {
  const value = process.env['HF_ENDPOINT'];
  const endpoint = value === undefined || value === '' ? DEFAULT_ENDPOINT : value.replace(/\/+$/, '');
  if (!URL.canParse(endpoint) || !/^https?:$/.test(new URL(endpoint).protocol)) {
    throw new MaskwrightError(
      'MODEL_DOWNLOAD',
      `HF_ENDPOINT is ${redactSecrets(JSON.stringify(value)).slice(0, 200)}, not an http address`,
      { hint: 'set it to an address such as https://huggingface.co, or unset it' },
    );
  }
  return endpoint;
}

/** The endpoint for messages: without user, password and query. */
export function printableEndpoint(): string {
  const { origin, pathname } = new URL(hubEndpoint());
  return `${origin}${pathname.replace(/\/$/, '')}`;
}

export function fileUrl(id: string, revision: string, file: string): string {
  return `${hubEndpoint()}/${id}/resolve/${encodeURIComponent(revision)}/${file.split('/').map(encodeURIComponent).join('/')}`;
}

/** The folder of Hugging Face's own settings and caches: `HF_HOME`, as Python's huggingface_hub reads it. */
export function huggingFaceHome(): string {
  return folderFrom('HF_HOME') ?? join(folderFrom('XDG_CACHE_HOME') ?? join(homedir(), '.cache'), 'huggingface');
}

/** A folder that an environment variable names; `~` and `$NAME` in it are expanded. */
export function folderFrom(name: string): string | undefined {
  const value = process.env[name];
  if (value === undefined || value === '') {
    return undefined;
  }
  return value
    .replace(/^~(?=$|[\\/])/, () => homedir())
    .replace(
      /\$(?:(\w+)|\{(\w+)\})/g,
      (whole, plain?: string, braced?: string) => process.env[plain ?? braced!] ?? whole,
    );
}

/** The access token: `HF_TOKEN`, else the one that `hf auth login` stored. */
export function hubToken(): string | undefined {
  const fromEnvironment = process.env['HF_TOKEN'] ?? process.env['HUGGING_FACE_HUB_TOKEN'];
  if (fromEnvironment !== undefined && fromEnvironment.trim() !== '') {
    return fromEnvironment.trim();
  }
  if (/^(?:1|true|yes|on)$/i.test(process.env['HF_HUB_DISABLE_IMPLICIT_TOKEN'] ?? '')) {
    return undefined;
  }
  try {
    const token = readFileSync(folderFrom('HF_TOKEN_PATH') ?? join(huggingFaceHome(), 'token'), 'utf8').trim();
    rememberSecret(token);
    return token === '' ? undefined : token;
  } catch {
    return undefined;
  }
}

/** Whether the environment forbids downloads, as Python's huggingface_hub and transformers read it. */
export function isOfflineByEnvironment(): boolean {
  return ['HF_HUB_OFFLINE', 'TRANSFORMERS_OFFLINE'].some((name) =>
    /^(?:1|true|yes|on)$/i.test(process.env[name] ?? ''),
  );
}
