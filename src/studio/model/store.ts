import { computed, effect, signal } from '@preact/signals';
import { MaskwrightError } from '../../errors.js';
import { parsePrompts } from '../../prompts/parse-prompt.js';
import { MAX_PHRASE_LENGTH, phrasesOf } from '../../prompts/prompt-tree.js';
import { startThreads } from '../compute/thread-client.js';
import type { MaskFacts, MaskQuality, Plane } from '../compute/thread-protocol.js';
import * as api from '../net/api-client.js';
import { loadDocument, loadFile, onSavedElsewhere, saveFile, startAutosave } from '../net/autosave.js';
import { endStep, pushState, redo, startHistory, undo } from './history.js';
import { toggleInstance, withoutInstances } from './toggle-instance.js';
import {
  EMPTY_DOCUMENT,
  isEmptyDocument,
  type Layer,
  type PromptLayer,
  type StudioDocument,
} from './studio-document.js';

export const VIEWS = ['overlay', 'cutout', 'mask', 'heatmap', 'compare'] as const;
export type View = (typeof VIEWS)[number];

export const TOOLS = ['pan', 'point', 'box', 'wand', 'instance', 'brush', 'eraser', 'lasso'] as const;
export type Tool = (typeof TOOLS)[number];

/** An open image, decoded for the screen. */
export interface OpenedImage extends api.SessionInfo {
  readonly bitmap: ImageBitmap;
  /** A smaller copy for zoom levels below one half. */
  readonly small: ImageBitmap;
  /** The image among those that the studio was started with. */
  readonly listed: number | undefined;
  /** The name that commands and recipes know it by. */
  readonly path: string;
  readonly key: string;
}

export const images = signal<readonly api.ListedImage[]>([]);
export const targets = signal<readonly api.TargetInfo[]>([]);
export const servedModel = signal('clipseg');
export const image = signal<OpenedImage | undefined>(undefined);
export const history = signal(startHistory(EMPTY_DOCUMENT));
export const doc = computed(() => history.value.present);
export const view = signal<View>('overlay');
export const tool = signal<Tool>('pan');
export const brush = signal({ radius: 24, hardness: 0.8, tolerance: 12.5, contiguous: true });
export const mask = signal<Plane | undefined>(undefined);
export const heatmap = signal<Plane | undefined>(undefined);
export const facts = signal<MaskFacts | undefined>(undefined);
export const split = signal(0.5);
export const stitched = signal<ImageBitmap | undefined>(undefined);
export const selectedLayer = signal<number | undefined>(undefined);
export const busy = signal<string | undefined>(undefined);
export const connection = signal<'connected' | 'lost'>('connected');
export const notices = signal<
  readonly { readonly id: number; readonly kind: 'info' | 'error'; readonly text: string }[]
>([]);
export const promptHistory = signal<readonly string[]>(readPrompts());

let noticeId = 0;

/** Says something for a while; errors stay until they are closed. */
export function notify(text: string, kind: 'info' | 'error' = 'info'): void {
  const id = ++noticeId;
  notices.value = [...notices.value.slice(-3), { id, kind, text }];
  if (kind === 'info') {
    setTimeout(() => dismiss(id), 5000);
  }
}

export function dismiss(id: number): void {
  notices.value = notices.value.filter((notice) => notice.id !== id);
}

export function report(error: unknown): void {
  if (error instanceof api.ApiError && error.status === 0) {
    connection.value = 'lost';
    return;
  }
  const hint = error instanceof api.ApiError && error.hint !== undefined ? ` — ${error.hint}` : '';
  notify(`${(error as Error).message}${hint}`, 'error');
}

const detected = new Set<string>();
let settleTimer: ReturnType<typeof setTimeout> | undefined;

/** The number of the newest state that masks were asked for, and when it changed. */
let version = 0;
const changedAt = new Map<number, number>();
/** The newest state whose mask at full size was asked for, and when. */
let full = { version: 0, at: 0 };
/** The mask that is shown. */
let shown: { readonly version: number; readonly rank: number } = { version: 0, rank: 0 };
let unpainted: { readonly version: number; readonly quality: MaskQuality } | undefined;

const QUALITIES: readonly MaskQuality[] = ['preview', 'full', 'exact'];

/** Called when the stage has painted: the time since the change is kept as a measure of the User Timing API. */
export function onPainted(): void {
  if (unpainted === undefined) {
    return;
  }
  const { version: painted, quality } = unpainted;
  const start = quality === 'preview' ? changedAt.get(painted) : full.at;
  if (start !== undefined) {
    performance.measure(`maskwright ${quality}`, { start });
  }
  unpainted = undefined;
}

const thread = startThreads({
  onMask: (computed) => {
    // Of two masks the one of the newer state stays, of one state the more exact one.
    const rank = QUALITIES.indexOf(computed.quality);
    if (computed.heatmap !== undefined || doc.value.layers.length === 0) {
      heatmap.value = computed.heatmap;
    }
    if (computed.version < shown.version || (computed.version === shown.version && rank < shown.rank)) {
      return;
    }
    shown = { version: computed.version, rank };
    unpainted = computed;
    mask.value = computed.mask;
    for (const known of changedAt.keys()) {
      if (known < computed.version) {
        changedAt.delete(known);
      }
    }
  },
  onFacts: (measured) => {
    if (measured.version === version) {
      facts.value = measured.facts;
    }
  },
  onError: (message) => notify(message, 'error'),
});

/** Milliseconds after the last move until the mask is computed at full size. */
const SETTLE_MS = 60;

/** Computes a preview at once, and the mask at full size when nothing has changed for a moment. */
function refresh(): void {
  if (image.value === undefined) {
    return;
  }
  version++;
  changedAt.set(version, performance.now());
  requestPreview();
  clearTimeout(settleTimer);
  settleTimer = setTimeout(requestFull, SETTLE_MS);
}

function requestPreview(): void {
  thread.requestPreview(version, doc.value, view.value === 'heatmap');
}

/** Asks for the mask at full size, once for each state. */
function requestFull(): void {
  clearTimeout(settleTimer);
  if (full.version !== version && image.value !== undefined) {
    full = { version, at: performance.now() };
    thread.requestFull(version, doc.value);
    // The probability under the pointer.
    thread.requestPreview(version, doc.value, true);
  }
}

/** Changes the document; edits with the same key in a row are one step of the history. */
export function edit(change: (document: StudioDocument) => StudioDocument, key?: string): void {
  const next = change(doc.value);
  if (next !== doc.value) {
    history.value = pushState(history.value, next, key);
    update();
  }
}

/** Computes what a change of the document makes; phrases that are new are detected, and follow. */
function update(): void {
  // Without any heatmap there is nothing to show yet.
  if (detected.size > 0 || missingPhrases().length === 0) {
    refresh();
  }
  void detectMissing();
}

/** Ends the step of a slider when it is let go. */
export function settle(): void {
  history.value = endStep(history.value);
  requestFull();
}

export function goBack(): void {
  history.value = undo(history.value);
  update();
}

export function goForward(): void {
  history.value = redo(history.value);
  update();
}

export function editLayer(id: number, change: (layer: Layer) => Layer, key?: string): void {
  edit(
    (document) => ({ ...document, layers: document.layers.map((layer) => (layer.id === id ? change(layer) : layer)) }),
    key,
  );
}

/** Clicks an instance of a prompt on or off: of the selected layer, or of the first that has one at this pixel. */
export async function clickInstance(x: number, y: number): Promise<void> {
  const document = doc.value;
  const prompts = document.layers.filter((layer): layer is PromptLayer => layer.kind === 'prompt' && layer.enabled);
  const selected = prompts.filter(({ id }) => id === selectedLayer.value);
  for (const layer of selected.length > 0 ? selected : prompts) {
    const base = { ...layer, prompt: withoutInstances(layer.prompt) };
    const { rank, count } = await thread.instanceAt(base, document.refine, x, y);
    if (rank > 0 && doc.value === document) {
      const prompt = toggleInstance(layer.prompt, rank, count);
      editLayer(layer.id, (before) => ({ ...before, ...(prompt === undefined ? { enabled: false } : { prompt }) }));
      return;
    }
  }
  notify(prompts.length === 0 ? 'Detect something first: then its parts are clicked' : 'No part of a prompt is here');
}

export function removeLayer(id: number): void {
  edit((document) => ({ ...document, layers: document.layers.filter((layer) => layer.id !== id) }));
}

export function nextLayerId(): number {
  return Math.max(0, ...doc.value.layers.map(({ id }) => id)) + 1;
}

/** The problem of a prompt, or undefined where it can be read. */
export function promptProblem(
  text: string,
): { readonly message: string; readonly hint: string | undefined } | undefined {
  try {
    const trees = parsePrompts(text).map(({ tree }) => tree);
    if (trees.some((tree) => JSON.stringify(tree).includes('"kind":"file"'))) {
      return {
        message: 'mask files in prompts are read by the command line only',
        hint: 'paint here what the file selects, or leave it out',
      };
    }
    if (trees.flatMap(phrasesOf).some((phrase) => phrase.length > MAX_PHRASE_LENGTH)) {
      return {
        message: `a phrase is longer than ${MAX_PHRASE_LENGTH} characters`,
        hint: 'name the thing in a few words; AND, OR and NOT combine phrases',
      };
    }
    return undefined;
  } catch (error) {
    return { message: (error as Error).message, hint: error instanceof MaskwrightError ? error.hint : undefined };
  }
}

/** Adds a layer for each of the prompts in a text. */
export function addPrompts(text: string): void {
  const prompts = parsePrompts(text);
  rememberPrompt(text);
  refused.clear();
  edit((document) => {
    let id = Math.max(0, ...document.layers.map((layer) => layer.id));
    const added = prompts.map((prompt): PromptLayer => ({
      kind: 'prompt',
      id: ++id,
      combine: 'union',
      enabled: true,
      prompt: prompt.text,
      threshold: 0.5,
    }));
    return { ...document, layers: [...document.layers, ...added] };
  });
}

function missingPhrases(): string[] {
  const phrases = doc.value.layers.flatMap((layer) =>
    layer.kind === 'prompt' && promptProblem(layer.prompt) === undefined
      ? parsePrompts(layer.prompt).flatMap(({ tree }) => phrasesOf(tree))
      : [],
  );
  return [...new Set(phrases)].filter((phrase) => !detected.has(phrase) && !refused.has(phrase));
}

/** The status of a server whose queue is full. */
const BUSY = 429;

/** Phrases that the server refused: they are asked for again by another prompt, not by every move of a slider. */
const refused = new Set<string>();
let detecting: { readonly key: string; readonly done: Promise<void> } | undefined;

/** Fetches the heatmaps of phrases that are not here yet, one request at a time, and shows what they make. */
async function detectMissing(): Promise<void> {
  const opened = image.value;
  if (opened === undefined || missingPhrases().length === 0) {
    return;
  }
  if (detecting?.key !== opened.key) {
    const done = detectAll(opened.key).catch(report);
    const mine = { key: opened.key, done };
    detecting = mine;
    await done;
    if (detecting === mine) {
      detecting = undefined;
      busy.value = undefined;
      refresh();
    }
  }
  await detecting?.done;
}

async function detectAll(key: string): Promise<void> {
  for (let missing = missingPhrases(); missing.length > 0 && image.value?.key === key; missing = missingPhrases()) {
    busy.value = `Detecting ${missing.join(', ')}`;
    const asked = missing;
    const found = await inSession((session) => api.detectPhrases(session, asked)).catch((error: unknown) => {
      if (error instanceof api.ApiError && ![0, BUSY].includes(error.status) && image.value?.key === key) {
        asked.forEach((phrase) => refused.add(phrase));
      }
      throw error;
    });
    if (image.value?.key === key) {
      for (const { phrase, width, height, data } of found) {
        detected.add(phrase);
        thread.addHeatmap(phrase, width, height, data);
      }
    }
  }
}

/** Asks for the open session; where the server has closed it, the image is opened again. */
export async function inSession<Result>(work: (session: string) => Promise<Result>): Promise<Result> {
  const opened = image.value!;
  try {
    return await work(opened.id);
  } catch (error) {
    if (!(error instanceof api.ApiError) || error.code !== 'SESSION_NOT_FOUND') {
      throw error;
    }
    const { id } = await api.openImage(opened.listed ?? droppedFile!);
    image.value = { ...opened, id };
    return work(id);
  }
}

let droppedFile: File | undefined;

/** The long side of the small copy. */
const SMALL_SIDE = 1600;

/** Counts the images that were asked for: one that is asked for later takes the place of one that is still loading. */
let openings = 0;

/**
 * Opens an image of the list, or a file that was dropped. What was done to it before comes back. False where it could not
 * be opened, or another was asked for meanwhile.
 */
export async function openImage(source: File | number): Promise<boolean> {
  const opening = ++openings;
  busy.value = 'Opening the image';
  try {
    const session = await api.openImage(source);
    const pixels = await api.loadPixels(session.id);
    const { width, height } = session;
    const data = new ImageData(new Uint8ClampedArray(pixels.slice(0)), width, height);
    const scale = Math.min(1, SMALL_SIDE / Math.max(width, height));
    const resized = {
      resizeWidth: Math.max(1, Math.round(width * scale)),
      resizeHeight: Math.max(1, Math.round(height * scale)),
      resizeQuality: 'high',
    } as const;
    const [bitmap, small] = await Promise.all([createImageBitmap(data), createImageBitmap(data, resized)]);
    if (opening !== openings) {
      return false;
    }
    await thread.open(width, height, pixels);
    detected.clear();
    refused.clear();
    droppedFile = typeof source === 'number' ? undefined : source;
    if (droppedFile !== undefined) {
      saveFile(droppedFile).catch((error: Error) => notify(`The image is not kept in this browser: ${error.message}`));
    }
    const path = typeof source === 'number' ? images.value[source]!.name : session.name;
    const size = typeof source === 'number' ? '' : `:${source.size}:${source.lastModified}`;
    const key = `${path}:${width}x${height}${size}`;
    const saved = await loadDocument(key).catch(() => undefined);
    if (opening !== openings) {
      return false;
    }
    image.value = { ...session, bitmap, small, path, key, listed: typeof source === 'number' ? source : undefined };
    history.value = startHistory(saved ?? EMPTY_DOCUMENT);
    mask.value = undefined;
    heatmap.value = undefined;
    facts.value = undefined;
    stitched.value = undefined;
    selectedLayer.value = undefined;
    for (const warning of session.warnings) {
      notify(warning);
    }
    await detectMissing();
    refresh();
    return opening === openings;
  } catch (error) {
    report(error);
    return false;
  } finally {
    if (opening === openings) {
      busy.value = undefined;
    }
  }
}

/** Applies the layers and settings of one image to another, for a batch: strokes and points stay with theirs. */
export function carryOver(from: StudioDocument): void {
  edit((document) =>
    isEmptyDocument(document)
      ? { ...from, strokes: [], layers: from.layers.filter(({ kind }) => kind === 'prompt') }
      : document,
  );
}

/** The folder of an image's results. */
export function outdirOf({ listed }: Pick<OpenedImage, 'listed'>): string {
  return (listed === undefined ? undefined : images.value[listed]?.outdir) ?? 'outputs';
}

/** The names of the painted corrections beside the results. */
export function retouchNames(): { readonly add: string; readonly erase: string } {
  const opened = image.value!;
  const file = opened.path.split('/').at(-1)!;
  const stem = file.replace(/\.[^.]+$/, '');
  const folder = opened.listed === undefined ? '' : `${outdirOf(opened)}/`;
  return { add: `${folder}${stem}.retouch-add.png`, erase: `${folder}${stem}.retouch-erase.png` };
}

/** The painted corrections, where there are any, as files that a recipe names. */
export async function retouchFiles(): Promise<api.NamedBlob[]> {
  if (doc.value.strokes.length === 0) {
    return [];
  }
  const { add, erase } = await thread.retouch(doc.value);
  const names = retouchNames();
  return [
    { name: names.add, data: add },
    { name: names.erase, data: erase },
  ];
}

let saveFailed = false;

const keepDocument = startAutosave((error) => {
  if (error !== undefined && !saveFailed) {
    notify(`Changes cannot be kept in this browser: ${error.message}`, 'error');
  }
  saveFailed = error !== undefined;
});

// Nothing unsaved is lost: every change is kept in the browser.
effect(() => {
  const document = doc.value;
  const key = image.peek()?.key;
  if (key !== undefined) {
    keepDocument(key, document);
  }
});

let warnedOf: string | undefined;

onSavedElsewhere((key) => {
  if (key === image.peek()?.key && key !== warnedOf) {
    warnedOf = key;
    notify('This image is open in another tab too: after a reload, the last change of either is here', 'error');
  }
});

const PING_MS = 2000;

async function reconnect(): Promise<void> {
  try {
    await api.ask('/healthz');
    connection.value = 'connected';
    await detectMissing();
    refresh();
  } catch {
    // Asked again in a moment.
  }
}

// A lost server is asked again until it answers.
effect(() => {
  if (connection.value === 'connected') {
    return;
  }
  const timer = setInterval(() => void reconnect(), PING_MS);
  return () => clearInterval(timer);
});

/** Whether the server still answers, asked now and then. */
setInterval(() => {
  if (connection.value === 'connected' && document.visibilityState === 'visible') {
    void api.ask('/healthz').catch(report);
  }
}, 5000);

/** Reads what the server knows, and opens the first image. */
export async function start(): Promise<void> {
  try {
    const [listed, known, models] = await Promise.all([api.listImages(), api.listTargets(), api.listModels()]);
    images.value = listed.images;
    targets.value = known;
    servedModel.value = models.served;
    const last = Number(sessionStorage.getItem('maskwright-image') ?? 0);
    const source =
      listed.images.length > 0 ? (last < listed.images.length ? last : 0) : await loadFile().catch(() => undefined);
    if (source !== undefined) {
      await openImage(source);
    }
  } catch (error) {
    report(error);
  }
}

effect(() => {
  const listed = image.value?.listed;
  if (listed !== undefined) {
    sessionStorage.setItem('maskwright-image', String(listed));
  }
});

function readPrompts(): string[] {
  try {
    const kept = JSON.parse(localStorage.getItem('maskwright-prompts') ?? '[]') as unknown;
    return Array.isArray(kept) ? kept.map(String) : [];
  } catch {
    return [];
  }
}

function rememberPrompt(text: string): void {
  promptHistory.value = [text, ...promptHistory.value.filter((other) => other !== text)].slice(0, 30);
  try {
    localStorage.setItem('maskwright-prompts', JSON.stringify(promptHistory.value));
  } catch {
    // A full or closed storage costs the history only.
  }
}
