import { useId, useState } from 'preact/hooks';
import { settle } from '../model/store.js';

interface SliderProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step?: number;
  readonly unit?: string;
  /** The slider's ends are closer together than the limits of the number. */
  readonly sliderMax?: number;
  readonly onChange: (value: number) => void;
}

/** A slider and a number for one value. */
export function Slider({ label, value, min, max, step = 1, unit = '', sliderMax = max, onChange }: SliderProps) {
  const id = useId();
  // A number that is being typed outlives what the page shows anew meanwhile: masks arrive at any time.
  const [typed, setTyped] = useState<string | undefined>(undefined);
  const change = (text: string): void => {
    const next = Number(text);
    if (text.trim() !== '' && Number.isFinite(next)) {
      onChange(Math.min(max, Math.max(min, next)));
    }
  };
  const share = ((Math.min(value, sliderMax) - min) / (sliderMax - min)) * 100;
  return (
    <div class="slider">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="range"
        min={min}
        max={sliderMax}
        step={step}
        value={value}
        style={{ '--share': `${share}%` }}
        onInput={(event) => change(event.currentTarget.value)}
        onChange={settle}
      />
      <input
        class="number"
        type="number"
        aria-label={unit === '' ? label : `${label} in ${unit}`}
        min={min}
        max={max}
        step={step}
        value={typed ?? value}
        onInput={(event) => setTyped(event.currentTarget.value)}
        onChange={(event) => {
          setTyped(undefined);
          change(event.currentTarget.value);
          settle();
        }}
        onBlur={() => setTyped(undefined)}
      />
      {unit !== '' && <span class="unit">{unit}</span>}
    </div>
  );
}

interface SegmentedProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly label: string; readonly title?: string }[];
  readonly onChange: (value: Value) => void;
}

/** One of a few values, as radio buttons in a row. */
export function Segmented<Value extends string>({ label, value, options, onChange }: SegmentedProps<Value>) {
  const name = useId();
  return (
    <fieldset class="segmented" aria-label={label}>
      {options.map((option) => (
        <label key={option.value} class={option.value === value ? 'on' : ''} title={option.title}>
          <input
            type="radio"
            name={name}
            value={option.value}
            checked={option.value === value}
            onChange={() => onChange(option.value)}
          />
          {option.label}
        </label>
      ))}
    </fieldset>
  );
}

interface SwitchProps {
  readonly label: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

export function Switch({ label, checked, onChange }: SwitchProps) {
  return (
    <label class="switch">
      <input
        type="checkbox"
        role="switch"
        checked={checked}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <span class="track" aria-hidden="true" />
      {label}
    </label>
  );
}
