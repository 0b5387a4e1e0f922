import { useEffect, useRef } from 'preact/hooks';

const SHORTCUTS: readonly (readonly [keys: string, what: string])[] = [
  ['/', 'type a prompt'],
  ['1 – 5', 'overlay, cut-out, mask, heatmap, compare'],
  ['H P M W', 'move, point, box, wand'],
  ['I', 'click a part of a prompt on or off'],
  ['B E L', 'brush, eraser, lasso'],
  ['[ ]', 'smaller or larger brush; with Shift softer or harder'],
  ['Alt', 'take away instead of adding, with every tool'],
  ['Enter', 'with the canvas focused: use the tool at the crosshair'],
  ['Ctrl+Z, Ctrl+Shift+Z', 'undo, redo'],
  ['+ − 0', 'zoom in, out, show all'],
  ['Space, arrow keys', 'move the image'],
  [', .', 'previous and next image'],
  ['A X', 'accept or reject, in a batch'],
  ['Ctrl+C, Ctrl+Shift+C', 'copy as command, copy as recipe'],
];

export function HelpDialog({ onClose }: { readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="help" onClose={onClose} aria-labelledby="help-title">
      <h2 id="help-title">Keyboard</h2>
      <dl>
        {SHORTCUTS.map(([keys, what]) => (
          <div key={keys}>
            <dt>{keys}</dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog">
        <button class="primary">Close</button>
      </form>
    </dialog>
  );
}
