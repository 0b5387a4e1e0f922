import * as store from '../model/store.js';
import { Slider, Switch } from './controls.js';
import { Icon } from './icons.js';

export const TOOL_KEYS: Readonly<Record<store.Tool, string>> = {
  pan: 'h',
  point: 'p',
  box: 'm',
  wand: 'w',
  instance: 'i',
  brush: 'b',
  eraser: 'e',
  lasso: 'l',
};

const TOOL_NAMES: Readonly<Record<store.Tool, string>> = {
  pan: 'Move',
  point: 'Point',
  box: 'Box',
  wand: 'Wand',
  instance: 'Part',
  brush: 'Brush',
  eraser: 'Eraser',
  lasso: 'Lasso',
};

/** The tools, and what there is to set of the one in hand. */
export function ToolRail() {
  const { radius, hardness, tolerance, contiguous } = store.brush.value;
  const set = (part: Partial<typeof store.brush.value>): void => {
    store.brush.value = { ...store.brush.value, ...part };
  };
  const chosen = store.tool.value;
  const isBrush = chosen === 'brush' || chosen === 'eraser';
  return (
    <>
      <div class="tools" role="toolbar" aria-label="Tools" aria-orientation="vertical">
        {store.TOOLS.map((name) => (
          <button
            key={name}
            class={`tool ${chosen === name ? 'on' : ''}`}
            aria-pressed={chosen === name}
            title={`${TOOL_NAMES[name]} (${TOOL_KEYS[name].toUpperCase()})`}
            onClick={() => (store.tool.value = name)}
          >
            <Icon name={name} />
            <span>{TOOL_NAMES[name]}</span>
          </button>
        ))}
      </div>
      {(isBrush || chosen === 'wand') && (
        <div class="tool-options" role="group" aria-label={`Settings of the ${TOOL_NAMES[chosen].toLowerCase()}`}>
          {isBrush ? (
            <>
              <Slider
                label="Size"
                value={radius}
                min={1}
                max={1000}
                sliderMax={200}
                unit="px"
                onChange={(value) => set({ radius: value })}
              />
              <Slider
                label="Hardness"
                value={hardness}
                min={0}
                max={1}
                step={0.05}
                onChange={(value) => set({ hardness: value })}
              />
            </>
          ) : (
            <>
              <Slider
                label="Tolerance"
                value={tolerance}
                min={0}
                max={100}
                step={0.5}
                unit="%"
                onChange={(value) => set({ tolerance: value })}
              />
              <Switch label="Connected only" checked={contiguous} onChange={(value) => set({ contiguous: value })} />
            </>
          )}
        </div>
      )}
    </>
  );
}
