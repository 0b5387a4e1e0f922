import { signal, useSignal, useSignalEffect } from '@preact/signals';
import * as actions from '../model/export.js';
import * as store from '../model/store.js';
import { isEmptyDocument } from '../model/studio-document.js';
import * as api from '../net/api-client.js';
import { Icon } from './icons.js';

/** The images of a batch, and what became of each. */
export function Filmstrip() {
  const list = store.images.value;
  if (list.length < 2) {
    return null;
  }
  const current = store.image.value?.listed;
  const count = (state: api.ListedImage['state']): number => list.filter((item) => item.state === state).length;
  const isDisabled = current === undefined || reviewing.value || store.busy.value !== undefined;
  return (
    <nav class="filmstrip" aria-label="Images">
      <div class="review">
        <button class="ghost" aria-label="Previous image" title="Previous (,)" onClick={() => goTo(-1)}>
          <Icon name="previous" />
        </button>
        <button class="ghost" aria-label="Next image" title="Next (.)" onClick={() => goTo(1)}>
          <Icon name="next" />
        </button>
        <button
          class="accept"
          disabled={isDisabled || isEmptyDocument(store.doc.value)}
          title="Save and go on (A)"
          onClick={accept}
        >
          <Icon name="check" /> Accept
        </button>
        <button class="reject" disabled={isDisabled} title="Reject and go on (X)" onClick={reject}>
          <Icon name="reject" /> Reject
        </button>
        <p role="status">
          {count('accepted')} accepted, {count('rejected')} rejected, {count('open')} to go
        </p>
      </div>
      <ol>
        {list.map(({ id, name, state }) => (
          <li key={id}>
            <button
              class={`frame ${id === current ? 'on' : ''} ${state}`}
              aria-current={id === current}
              aria-label={`${name}, ${state}`}
              title={name}
              onClick={() => open(id)}
            >
              <Thumbnail id={id} />
              {state !== 'open' && (
                <span class="mark">
                  <Icon name={state === 'accepted' ? 'check' : 'reject'} />
                </span>
              )}
            </button>
          </li>
        ))}
      </ol>
    </nav>
  );
}

function Thumbnail({ id }: { readonly id: number }) {
  const address = useSignal<string | undefined>(undefined);
  useSignalEffect(() => {
    let made: string | undefined;
    // Fetched, since an image element cannot send the token.
    api
      .ask(`/v1/images/${id}/thumbnail`)
      .then((response) => response.blob())
      .then((blob) => (address.value = made = URL.createObjectURL(blob)))
      .catch(() => undefined);
    return () => made !== undefined && URL.revokeObjectURL(made);
  });
  return address.value === undefined ? <span class="no-thumbnail" /> : <img src={address.value} alt="" />;
}

/** Opens another image; prompts and sliders go with it where nothing was done to it yet. */
async function open(id: number): Promise<void> {
  const before = store.doc.value;
  if ((await store.openImage(id)) && !isEmptyDocument(before)) {
    store.carryOver(before);
  }
}

export function goTo(step: number): void {
  const current = store.image.value?.listed;
  const next = (current ?? 0) + step;
  if (current !== undefined && next >= 0 && next < store.images.value.length) {
    void open(next);
  }
}

const reviewing = signal(false);

/** Decides on the open image and goes on; not while another decision is under way, or the image is loading. */
function review(work: (id: number) => Promise<unknown>): void {
  const id = store.image.value?.listed;
  if (id === undefined || store.images.value.length < 2 || reviewing.value || store.busy.value !== undefined) {
    return;
  }
  reviewing.value = true;
  work(id)
    .then(() => goTo(1))
    .catch(store.report)
    .finally(() => (reviewing.value = false));
}

export function accept(): void {
  if (!isEmptyDocument(store.doc.value)) {
    review(() => actions.saveResult());
  }
}

export function reject(): void {
  review(async (id) => {
    await api.markImage(id, 'rejected');
    store.images.value = store.images.value.map((item) => (item.id === id ? { ...item, state: 'rejected' } : item));
  });
}
