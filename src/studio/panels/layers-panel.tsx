import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import * as store from '../model/store.js';
import { type Layer, LAYER_MODES, type LayerMode } from '../model/studio-document.js';
import { Slider } from './controls.js';
import { Icon } from './icons.js';

const MODE_NAMES: Readonly<Record<LayerMode, string>> = { union: 'Add', intersect: 'Intersect', subtract: 'Subtract' };

/** Prompts, points and wands, and how each acts on the mask. */
export function LayersPanel() {
  const { layers } = store.doc.value;
  return (
    <section class="panel" aria-labelledby="layers-title">
      <h2 id="layers-title">Selection</h2>
      <PromptField />
      <ul class="layers">
        {layers.map((layer) => (
          <LayerRow key={layer.id} layer={layer} />
        ))}
      </ul>
      {layers.length === 0 && store.image.value !== undefined && (
        <p class="empty">Name a thing above, click it with the point tool, or paint it.</p>
      )}
    </section>
  );
}

function PromptField() {
  const text = useSignal('');
  const place = useRef(-1);
  const problem = text.value.trim() === '' ? undefined : store.promptProblem(text.value);
  const submit = (event: Event): void => {
    event.preventDefault();
    if (text.value.trim() !== '' && problem === undefined && store.image.value !== undefined) {
      store.addPrompts(text.value);
      text.value = '';
      place.current = -1;
    }
  };
  const recall = (event: KeyboardEvent): void => {
    const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      const known = store.promptHistory.value;
      place.current = Math.min(known.length - 1, Math.max(-1, place.current + step));
      text.value = known[place.current] ?? '';
    }
  };
  return (
    <form class="prompt" onSubmit={submit}>
      <label for="prompt" class="visually-hidden">
        What to select
      </label>
      <input
        id="prompt"
        type="text"
        autocomplete="off"
        spellcheck={false}
        placeholder="What to select: orange, face AND NOT hair"
        value={text.value}
        disabled={store.image.value === undefined}
        aria-invalid={problem !== undefined}
        aria-describedby="prompt-problem"
        onInput={(event) => (text.value = event.currentTarget.value)}
        onKeyDown={recall}
      />
      <button type="submit" disabled={text.value.trim() === '' || problem !== undefined}>
        Detect
      </button>
      <div id="prompt-problem" role="status">
        {problem !== undefined && <Problem {...problem} />}
      </div>
    </form>
  );
}

/** A message with a caret under the place, as the command line prints it. */
function Problem({ message, hint }: { readonly message: string; readonly hint: string | undefined }) {
  const [first, ...rest] = message.split('\n');
  return (
    <div class="problem">
      <p>{first}</p>
      {rest.length > 0 && <pre>{rest.map((line) => line.slice(2)).join('\n')}</pre>}
      {hint !== undefined && <p class="hint">{hint}</p>}
    </div>
  );
}

function LayerRow({ layer }: { readonly layer: Layer }) {
  const isSelected = store.selectedLayer.value === layer.id;
  const change = (part: Partial<Layer>, key?: string): void =>
    store.editLayer(layer.id, (before) => ({ ...before, ...part }) as Layer, key);
  return (
    <li class={`layer ${isSelected ? 'selected' : ''} ${layer.enabled ? '' : 'off'}`}>
      <div class="layer-head">
        <button
          class="ghost"
          aria-pressed={layer.enabled}
          aria-label={`${layer.enabled ? 'Hide' : 'Show'} ${nameOf(layer)}`}
          onClick={() => change({ enabled: !layer.enabled })}
        >
          <Icon name={layer.enabled ? 'eye' : 'hidden'} />
        </button>
        <button
          class="layer-name"
          title={nameOf(layer)}
          onClick={() => (store.selectedLayer.value = isSelected ? undefined : layer.id)}
        >
          {nameOf(layer)}
        </button>
        <select
          aria-label={`How ${nameOf(layer)} acts on the mask`}
          value={layer.combine}
          onChange={(event) => change({ combine: event.currentTarget.value as LayerMode })}
        >
          {LAYER_MODES.map((mode) => (
            <option key={mode} value={mode}>
              {MODE_NAMES[mode]}
            </option>
          ))}
        </select>
        <button class="ghost" aria-label={`Remove ${nameOf(layer)}`} onClick={() => store.removeLayer(layer.id)}>
          <Icon name="close" />
        </button>
      </div>
      {layer.kind === 'prompt' && (
        <>
          <Slider
            label="Threshold"
            value={layer.threshold}
            min={0}
            max={1}
            step={0.01}
            onChange={(threshold) => change({ threshold }, `threshold ${layer.id}`)}
          />
          <Statistics id={layer.id} />
        </>
      )}
      {layer.kind === 'wand' && (
        <Slider
          label="Tolerance"
          value={layer.tolerance}
          min={0}
          max={100}
          step={0.5}
          unit="%"
          onChange={(tolerance) => change({ tolerance }, `tolerance ${layer.id}`)}
        />
      )}
      {layer.kind === 'seeds' && isSelected && <p class="hint">Click what belongs to it; Alt+click what does not.</p>}
    </li>
  );
}

/** What the model says of each phrase. */
function Statistics({ id }: { readonly id: number }) {
  const phrases = Object.entries(store.facts.value?.layers[id] ?? {});
  return (
    <ul class="statistics" aria-live="polite">
      {phrases.map(([phrase, { presence, peak, mean, share, parts }]) => (
        <li key={phrase}>
          <span class={`badge ${presence}`}>{presence}</span>
          {phrases.length > 1 && <b>{phrase}</b>}
          <span>
            {presence === 'absent'
              ? `nothing reaches the threshold; the peak is ${peak.toFixed(2)}`
              : `${percent(share)} · ${parts} ${parts === 1 ? 'part' : 'parts'} · mean ${mean.toFixed(2)}, peak ${peak.toFixed(2)}`}
          </span>
        </li>
      ))}
    </ul>
  );
}

function nameOf(layer: Layer): string {
  switch (layer.kind) {
    case 'prompt':
      return layer.prompt;
    case 'seeds': {
      const { points, boxes } = layer;
      const count = (n: number, word: string): string[] =>
        n === 0 ? [] : [`${n} ${word}${n === 1 ? '' : word === 'box' ? 'es' : 's'}`];
      return [...count(points.length, 'point'), ...count(boxes.length, 'box')].join(', ');
    }
    case 'wand':
      return `Wand at ${layer.x}, ${layer.y}`;
  }
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.01 ? 2 : 1)} %`;
}
