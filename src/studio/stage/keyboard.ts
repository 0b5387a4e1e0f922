import * as actions from '../model/export.js';
import * as store from '../model/store.js';
import { accept, goTo, reject } from '../panels/filmstrip.js';
import { TOOL_KEYS } from '../panels/tool-rail.js';
import { addPoint } from './stage.js';
import { fitImage, stageSize, toImage, viewport, zoomAt } from './viewport.js';

const STEP = 40;

/** Everything by keys. Fields keep theirs. */
export function listenToKeys(onHelp: () => void): () => void {
  const listener = (event: KeyboardEvent): void => {
    const target = event.target as HTMLElement;
    const isField = target.matches('input:not([type=range], [type=checkbox], [type=radio]), select, textarea');
    const isControl = event.ctrlKey || event.metaKey;
    if (isControl && event.key.toLowerCase() === 'z' && !isField) {
      event.preventDefault();
      (event.shiftKey ? store.goForward : store.goBack)();
    } else if (isControl && event.key.toLowerCase() === 'y' && !isField) {
      event.preventDefault();
      store.goForward();
    } else if (isControl && event.key.toLowerCase() === 'c' && !isField && String(getSelection()) === '') {
      if (store.image.value !== undefined) {
        event.preventDefault();
        const copied = event.shiftKey
          ? actions.copy(actions.recipeText(), 'Recipe')
          : actions.copy(actions.commandText(), 'Command');
        copied.catch(store.report);
      }
    } else if (!isControl && !event.altKey && !isField && document.querySelector('dialog[open]') === null) {
      handle(event, onHelp);
    }
  };
  window.addEventListener('keydown', listener);
  return () => window.removeEventListener('keydown', listener);
}

function handle(event: KeyboardEvent, onHelp: () => void): void {
  const isOnStage = (event.target as HTMLElement).classList.contains('stage');
  const { width, height } = stageSize.value;
  const key = event.key.toLowerCase();
  const tool = store.TOOLS.find((name) => TOOL_KEYS[name] === key);
  const view = store.VIEWS[Number(key) - 1];
  const size = { '[': 1 / 1.25, ']': 1.25, '{': -0.1, '}': 0.1 }[key];
  const pan = { arrowleft: [STEP, 0], arrowright: [-STEP, 0], arrowup: [0, STEP], arrowdown: [0, -STEP] }[key];
  if (view !== undefined) {
    store.view.value = view;
  } else if (size !== undefined) {
    const { radius, hardness } = store.brush.value;
    store.brush.value =
      key === '{' || key === '}'
        ? { ...store.brush.value, hardness: Math.min(1, Math.max(0, Math.round((hardness + size) * 100) / 100)) }
        : {
            ...store.brush.value,
            radius: Math.min(1000, Math.max(1, Math.round(radius * size + (size > 1 ? 0.5 : -0.5)))),
          };
  } else if (key === '/') {
    event.preventDefault();
    document.querySelector<HTMLInputElement>('#prompt')?.focus();
  } else if (key === '?') {
    onHelp();
  } else if (key === '+' || key === '=') {
    viewport.value = zoomAt(viewport.value, 1.4, width / 2, height / 2);
  } else if (key === '-') {
    viewport.value = zoomAt(viewport.value, 1 / 1.4, width / 2, height / 2);
  } else if (key === '0' && store.image.value !== undefined) {
    viewport.value = fitImage(store.image.value, stageSize.value);
  } else if (pan !== undefined && isOnStage) {
    event.preventDefault();
    viewport.value = { ...viewport.value, x: viewport.value.x + pan[0]!, y: viewport.value.y + pan[1]! };
  } else if (key === 'enter' && isOnStage) {
    useToolAtCenter(event.shiftKey);
  } else if (key === ',' || key === '.') {
    goTo(key === ',' ? -1 : 1);
  } else if (key === 'a' || key === 'x') {
    // A key that is held decides on one image.
    if (!event.repeat) {
      (key === 'a' ? accept : reject)();
    }
  } else if (tool !== undefined) {
    store.tool.value = tool;
  }
}

/** The middle of the stage is where keys paint and click: one moves the image below it. */
function useToolAtCenter(takesAway: boolean): void {
  const opened = store.image.value;
  const { x, y } = toImage(viewport.value, stageSize.value.width / 2, stageSize.value.height / 2);
  if (opened === undefined || x < 0 || y < 0 || x >= opened.width || y >= opened.height) {
    return;
  }
  const place = { x: Math.round(x * 100) / 100, y: Math.round(y * 100) / 100 };
  if (store.tool.value === 'point') {
    addPoint(place, !takesAway);
  } else if (store.tool.value === 'instance') {
    store.clickInstance(x, y).catch(store.report);
  } else if (store.tool.value === 'brush' || store.tool.value === 'eraser') {
    const { radius, hardness } = store.brush.value;
    const mode = (store.tool.value === 'eraser') !== takesAway ? 'erase' : 'add';
    store.edit((document) => ({
      ...document,
      strokes: [...document.strokes, { shape: 'line', mode, points: [place.x, place.y], radius, hardness }],
    }));
  }
}
