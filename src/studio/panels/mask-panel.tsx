import * as store from '../model/store.js';
import { NO_OPERATIONS, type Operations } from '../model/studio-document.js';
import { Segmented, Slider, Switch } from './controls.js';
import { percent } from './layers-panel.js';

/** What is done to the mask once the layers are combined. */
export function MaskPanel() {
  const { operations, refine, strokes } = store.doc.value;
  const set = (part: Partial<Operations>, key?: string): void =>
    store.edit((document) => ({ ...document, operations: { ...document.operations, ...part } }), key);
  const lengths = (name: 'grow' | 'feather' | 'close' | 'open', label: string, min = 0, sliderMax = 64) => (
    <Slider
      label={label}
      value={operations[name]}
      min={min}
      max={2000}
      sliderMax={sliderMax}
      unit="px"
      onChange={(value) => set({ [name]: value }, name)}
    />
  );
  const isChanged = JSON.stringify(operations) !== JSON.stringify(NO_OPERATIONS);
  const measured = store.facts.value;
  return (
    <section class="panel" aria-labelledby="mask-title">
      <h2 id="mask-title">
        Mask
        {isChanged && (
          <button class="link" onClick={() => set(NO_OPERATIONS)}>
            Reset
          </button>
        )}
      </h2>
      <div class="row">
        <span class="row-label">Edges</span>
        <Segmented
          label="How edges follow the image"
          value={refine}
          options={[
            { value: 'fast', label: 'Fast', title: "Follow the image's edges" },
            { value: 'best', label: 'Best', title: 'Closer to the edges, several times slower' },
            { value: 'off', label: 'Off', title: 'As the model has them' },
          ]}
          onChange={(value) => store.edit((document) => ({ ...document, refine: value }))}
        />
      </div>
      {lengths('grow', 'Grow', -64)}
      {lengths('feather', 'Feather')}
      {lengths('close', 'Close gaps', 0, 32)}
      {lengths('open', 'Drop specks', 0, 32)}
      <Slider
        label="Remove small"
        value={operations.removeSmall}
        min={0}
        max={10_000_000}
        sliderMax={5000}
        unit="px²"
        onChange={(removeSmall) => set({ removeSmall }, 'removeSmall')}
      />
      <Slider
        label="Keep largest"
        value={operations.keepLargest}
        min={0}
        max={1000}
        sliderMax={10}
        onChange={(keepLargest) => set({ keepLargest }, 'keepLargest')}
      />
      <div class="row switches">
        <Switch label="Fill holes" checked={operations.fillHoles} onChange={(fillHoles) => set({ fillHoles })} />
        <Switch label="Invert" checked={operations.invert} onChange={(invert) => set({ invert })} />
      </div>
      {strokes.length > 0 && (
        <p class="strokes">
          {strokes.length} {strokes.length === 1 ? 'stroke' : 'strokes'} by hand
          <button class="link" onClick={() => store.edit((document) => ({ ...document, strokes: [] }))}>
            Clear
          </button>
        </p>
      )}
      <p class="measure" aria-live="polite" data-testid="measure">
        {measured === undefined
          ? ''
          : measured.bounds === undefined
            ? 'Nothing is selected'
            : `${percent(measured.share)} selected · ${measured.parts} ${measured.parts === 1 ? 'part' : 'parts'} · ${measured.bounds.width} × ${measured.bounds.height} px`}
      </p>
    </section>
  );
}
