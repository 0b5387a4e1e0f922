import { useSignal, useSignalEffect } from '@preact/signals';
import * as actions from '../model/export.js';
import * as store from '../model/store.js';
import {
  type AnnotationFormat,
  type ExportKind,
  type ExportSettings,
  isEmptyDocument,
} from '../model/studio-document.js';
import type { Finding } from '../net/api-client.js';
import { Slider, Switch } from './controls.js';
import { Icon } from './icons.js';

const FORMATS: readonly { readonly value: AnnotationFormat; readonly label: string }[] = [
  { value: 'coco', label: 'COCO (JSON)' },
  { value: 'yolo', label: 'YOLO (outlines)' },
  { value: 'svg', label: 'SVG' },
  { value: 'label-png', label: 'Label image (PNG)' },
  { value: 'psd', label: 'Layers (PSD)' },
];

const KINDS: readonly { readonly value: ExportKind; readonly label: string }[] = [
  { value: 'target', label: 'Files for a program' },
  { value: 'mask', label: 'Mask' },
  { value: 'inpaint', label: 'Image with transparent region' },
  { value: 'debug', label: 'Selected, deselected, masked' },
  { value: 'crop', label: 'Crop for stitch' },
  { value: 'export', label: 'Annotations and layers' },
];

/** What is written, and whether the program that takes it will. */
export function ExportPanel() {
  const { output } = store.doc.value;
  const working = useSignal(false);
  const set = (part: Partial<ExportSettings>, key?: string): void =>
    store.edit((document) => ({ ...document, output: { ...document.output, ...part } }), key);
  const run = (work: () => Promise<unknown>): void => {
    working.value = true;
    work()
      .catch(store.report)
      .finally(() => (working.value = false));
  };
  const opened = store.image.value;
  const isIdle = opened === undefined || isEmptyDocument(store.doc.value);
  const chosen = store.targets.value.find(({ name }) => name === output.target);
  return (
    <section class="panel" aria-labelledby="export-title">
      <h2 id="export-title">Export</h2>
      <div class="row">
        <label class="row-label" for="export-kind">
          What
        </label>
        <select
          id="export-kind"
          value={output.kind}
          onChange={(event) => set({ kind: event.currentTarget.value as ExportKind })}
        >
          {KINDS.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </div>
      {output.kind === 'target' && (
        <>
          <div class="row">
            <label class="row-label" for="export-target">
              For
            </label>
            <select
              id="export-target"
              value={output.target}
              onChange={(event) => set({ target: event.currentTarget.value })}
            >
              {store.targets.value.map(({ name, title }) => (
                <option key={name} value={name}>
                  {title}
                </option>
              ))}
            </select>
          </div>
          <div class="row switches">
            <Switch
              label="Fit to the sizes it takes"
              checked={output.fitTarget}
              onChange={(fitTarget) => set({ fitTarget })}
            />
          </div>
          <Checks />
        </>
      )}
      {output.kind === 'crop' && (
        <>
          <Slider
            label="Context"
            value={output.context}
            min={1}
            max={100}
            sliderMax={5}
            step={0.05}
            unit="×"
            onChange={(context) => set({ context }, 'context')}
          />
          <Slider
            label="Long side"
            value={output.size}
            min={0}
            max={8192}
            sliderMax={2048}
            step={64}
            unit="px"
            onChange={(size) => set({ size }, 'size')}
          />
          <label class="file-button">
            <input
              type="file"
              accept="image/*"
              class="visually-hidden"
              onChange={(event) => {
                const [file] = event.currentTarget.files ?? [];
                if (file !== undefined) {
                  run(() => actions.stitchPainted(file));
                }
                event.currentTarget.value = '';
              }}
            />
            Open the painted crop…
          </label>
        </>
      )}
      {output.kind === 'export' && (
        <>
          <div class="row">
            <label class="row-label" for="export-format">
              Format
            </label>
            <select
              id="export-format"
              value={output.format}
              onChange={(event) => set({ format: event.currentTarget.value as AnnotationFormat })}
            >
              {FORMATS.map(({ value, label }) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </select>
          </div>
          <p class="hint">Each layer of the selection by itself, with the mask operations and strokes.</p>
        </>
      )}
      <div class="buttons">
        {opened?.listed !== undefined && (
          <button
            class="primary"
            disabled={isIdle || working.value}
            onClick={() => run(async () => store.notify(`Saved ${(await actions.saveResult()).join(', ')}`))}
          >
            <Icon name="check" /> Save
          </button>
        )}
        <button
          class={opened?.listed === undefined ? 'primary' : ''}
          disabled={isIdle || working.value}
          onClick={() => run(actions.downloadResult)}
        >
          <Icon name="download" /> Download
        </button>
      </div>
      <div class="buttons">
        <button disabled={isIdle} onClick={() => run(() => actions.copy(actions.commandText(), 'Command'))}>
          Copy as command
        </button>
        <button disabled={isIdle} onClick={() => run(() => actions.copy(actions.recipeText(), 'Recipe'))}>
          Copy as recipe
        </button>
      </div>
      {output.kind === 'target' && chosen !== undefined && !isIdle && (
        <p class="next-step">{chosen.nextStep.replaceAll(/\{(\w+)\}/g, '$1')}</p>
      )}
    </section>
  );
}

const CHECK_DELAY_MS = 700;

async function check(signal: AbortSignal): Promise<readonly Finding[]> {
  try {
    return (await actions.checkResult(signal)).findings;
  } catch (error) {
    return [{ code: 'failed', severity: 'error', message: (error as Error).message }];
  }
}

/** Runs the target's checks when nothing has changed for a moment. */
function Checks() {
  const findings = useSignal<readonly Finding[] | undefined>(undefined);
  useSignalEffect(() => {
    const document = store.doc.value;
    const opened = store.image.value;
    findings.value = undefined;
    if (opened === undefined || isEmptyDocument(document) || document.output.kind !== 'target') {
      return;
    }
    const stop = new AbortController();
    const timer = setTimeout(() => {
      void check(stop.signal).then((found) => {
        findings.value = store.doc.peek() === document ? found : undefined;
        return found;
      });
    }, CHECK_DELAY_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  });
  const found = findings.value;
  return (
    <ul class="findings" aria-live="polite">
      {found === undefined ? (
        <li class="pending">
          {isEmptyDocument(store.doc.value) ? 'Checked as soon as something is selected' : 'Checking…'}
        </li>
      ) : found.length === 0 ? (
        <li class="fine">
          <Icon name="check" /> Checked: it is taken as it is
        </li>
      ) : (
        found.map(({ code, severity, message, hint }) => (
          <li key={`${code}${message}`} class={severity}>
            {message}
            {hint !== undefined && <span class="hint">{hint}</span>}
          </li>
        ))
      )}
    </ul>
  );
}
