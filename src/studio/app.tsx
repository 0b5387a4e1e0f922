import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import * as store from './model/store.js';
import { ExportPanel } from './panels/export-panel.js';
import { Filmstrip } from './panels/filmstrip.js';
import { HelpDialog } from './panels/help-dialog.js';
import { Icon } from './panels/icons.js';
import { LayersPanel } from './panels/layers-panel.js';
import { MaskPanel } from './panels/mask-panel.js';
import { ToolRail } from './panels/tool-rail.js';
import { openFile, TopBar } from './panels/top-bar.js';
import { listenToKeys } from './stage/keyboard.js';
import { Stage } from './stage/stage.js';

export function App() {
  const isHelpOpen = useSignal(false);
  const isDropping = useSignal(false);
  useEffect(() => listenToKeys(() => (isHelpOpen.value = true)), []);
  useEffect(() => {
    void store.start();
  }, []);
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    isDropping.value = false;
    for (const file of [...(event.dataTransfer?.files ?? [])].slice(0, 1)) {
      openFile(file);
    }
  };
  return (
    <div
      class="app"
      onDragOver={(event) => {
        event.preventDefault();
        isDropping.value = true;
      }}
      onDragLeave={(event) => event.relatedTarget === null && (isDropping.value = false)}
      onDrop={drop}
    >
      <TopBar onHelp={() => (isHelpOpen.value = true)} />
      <main class="work">
        <ToolRail />
        <div class="center">
          <Stage />
          {store.image.value === undefined && store.busy.value === undefined && <Welcome />}
          {store.busy.value !== undefined && (
            <div class="busy" role="status">
              <i /> {store.busy.value}…
            </div>
          )}
          {isDropping.value && <div class="drop">Drop an image or a recipe</div>}
        </div>
        <aside class="side" aria-label="Selection, mask and export">
          <LayersPanel />
          <MaskPanel />
          <ExportPanel />
        </aside>
      </main>
      <Filmstrip />
      {store.connection.value === 'lost' && (
        <div class="lost" role="alert">
          The server does not answer. What you did is kept; this page goes on as soon as it is back.
        </div>
      )}
      <div class="notices" aria-live="polite">
        {store.notices.value.map(({ id, kind, text }) => (
          <div key={id} class={`notice ${kind}`} role={kind === 'error' ? 'alert' : undefined}>
            <span>{text}</span>
            <button class="ghost" aria-label="Close" onClick={() => store.dismiss(id)}>
              <Icon name="close" />
            </button>
          </div>
        ))}
      </div>
      {isHelpOpen.value && <HelpDialog onClose={() => (isHelpOpen.value = false)} />}
    </div>
  );
}

function Welcome() {
  return (
    <div class="welcome">
      <h2>Open an image</h2>
      <p>Drop it here, or choose a file. It stays on this machine.</p>
      <label class="button primary">
        <input
          type="file"
          class="visually-hidden"
          accept="image/*,.tif,.tiff"
          onChange={(event) => {
            const [file] = event.currentTarget.files ?? [];
            if (file !== undefined) {
              openFile(file);
            }
          }}
        />
        Choose an image
      </label>
    </div>
  );
}
