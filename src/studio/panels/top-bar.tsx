import { useSignal } from '@preact/signals';
import * as actions from '../model/export.js';
import * as store from '../model/store.js';
import { centered, fitImage, stageSize, viewport, zoomAt } from '../stage/viewport.js';
import { Segmented } from './controls.js';
import { Icon } from './icons.js';

const VIEW_NAMES: Readonly<Record<store.View, string>> = {
  overlay: 'Overlay',
  cutout: 'Cut-out',
  mask: 'Mask',
  heatmap: 'Heatmap',
  compare: 'Compare',
};

export function TopBar({ onHelp }: { readonly onHelp: () => void }) {
  const opened = store.image.value;
  const theme = useSignal(document.documentElement.dataset['theme']);
  const zoom = (factor: number): void => {
    const { width, height } = stageSize.value;
    viewport.value = zoomAt(viewport.value, factor, width / 2, height / 2);
  };
  const switchTheme = (): void => {
    const isDark =
      theme.value === undefined ? matchMedia('(prefers-color-scheme: dark)').matches : theme.value === 'dark';
    theme.value = isDark ? 'light' : 'dark';
    document.documentElement.dataset['theme'] = theme.value;
    localStorage.setItem('maskwright-theme', theme.value);
  };
  return (
    <header class="top-bar">
      <h1>
        <img src={new URL('../icon.svg', import.meta.url).href} alt="" /> maskwright
      </h1>
      <div class="title">
        {opened !== undefined && (
          <>
            <b title={opened.path}>{opened.name}</b>
            <span>
              {opened.width} × {opened.height}
            </span>
          </>
        )}
      </div>
      <Segmented
        label="View"
        value={store.view.value}
        options={store.VIEWS.map((value, i) => ({
          value,
          label: VIEW_NAMES[value],
          title: `${VIEW_NAMES[value]} (${i + 1})`,
        }))}
        onChange={(value) => (store.view.value = value)}
      />
      <div class="group">
        <button
          class="ghost"
          aria-label="Undo"
          title="Undo (Ctrl+Z)"
          disabled={store.history.value.past.length === 0}
          onClick={store.goBack}
        >
          <Icon name="undo" />
        </button>
        <button
          class="ghost"
          aria-label="Redo"
          title="Redo (Ctrl+Shift+Z)"
          disabled={store.history.value.future.length === 0}
          onClick={store.goForward}
        >
          <Icon name="redo" />
        </button>
      </div>
      <div class="group">
        <button class="ghost" aria-label="Zoom out" title="Zoom out (-)" onClick={() => zoom(1 / 1.4)}>
          −
        </button>
        <button
          class="ghost zoom"
          title="Actual size"
          aria-label={`Zoom ${Math.round(viewport.value.zoom * 100)} percent; show the actual size`}
          onClick={() => opened !== undefined && (viewport.value = centered(opened, stageSize.value, 1))}
        >
          {Math.round(viewport.value.zoom * 100)}%
        </button>
        <button class="ghost" aria-label="Zoom in" title="Zoom in (+)" onClick={() => zoom(1.4)}>
          +
        </button>
        <button
          class="ghost"
          aria-label="Show all"
          title="Show all (0)"
          onClick={() => opened !== undefined && (viewport.value = fitImage(opened, stageSize.value))}
        >
          <Icon name="fit" />
        </button>
      </div>
      <div class="group">
        <label class="ghost button" title="Open an image or a recipe">
          <input
            type="file"
            class="visually-hidden"
            aria-label="Open an image or a recipe"
            accept="image/*,.tif,.tiff,.yaml,.yml,.json"
            onChange={(event) => {
              const [file] = event.currentTarget.files ?? [];
              if (file !== undefined) {
                openFile(file);
              }
              event.currentTarget.value = '';
            }}
          />
          <Icon name="open" />
        </label>
        <button class="ghost" aria-label="Dark or light" title="Dark or light" onClick={switchTheme}>
          <Icon name="theme" />
        </button>
        <button class="ghost" aria-label="Keyboard shortcuts" title="Keyboard shortcuts (?)" onClick={onHelp}>
          <Icon name="help" />
        </button>
      </div>
    </header>
  );
}

/** An image is opened, a recipe shown. */
export function openFile(file: File): void {
  if (/\.(ya?ml|json)$/i.test(file.name)) {
    actions.openRecipe(file).catch(store.report);
  } else {
    void store.openImage(file);
  }
}
