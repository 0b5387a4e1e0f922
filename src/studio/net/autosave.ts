import { EMPTY_DOCUMENT, type StudioDocument } from '../model/studio-document.js';

const DATABASE = 'maskwright-studio';
const STORE = 'documents';

let opening: Promise<IDBDatabase> | undefined;

function open(): Promise<IDBDatabase> {
  return (opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.addEventListener('upgradeneeded', () => request.result.createObjectStore(STORE));
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error ?? new Error('the browser keeps no data')));
  }));
}

async function transact<Result>(
  mode: IDBTransactionMode,
  work: (store: IDBObjectStore) => IDBRequest<Result>,
): Promise<Result> {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(STORE, mode);
    const request = work(transaction.objectStore(STORE));
    // The browser then keeps it also where the page is left before it answers.
    transaction.commit();
    transaction.addEventListener('complete', () => resolve(request.result));
    transaction.addEventListener('abort', () => reject(transaction.error ?? new Error('the browser kept no data')));
  });
}

/** Tells the other tabs of the page what was kept. */
const tabs = new BroadcastChannel(DATABASE);

/** Keeps the document of an image. Rejects where the browser has no space left. */
async function saveDocument(key: string, document: StudioDocument): Promise<void> {
  await transact('readwrite', (store) => store.put(document, key));
  tabs.postMessage(key);
}

const SAVE_INTERVAL_MS = 200;

/**
 * Keeps the newest document: at once, while a slider moves a few times a second, and when the page is left.
 *
 * @param onSaved called after each attempt, with what went wrong
 */
export function startAutosave(onSaved: (error?: Error) => void): (key: string, document: StudioDocument) => void {
  let unsaved: { readonly key: string; readonly document: StudioDocument } | undefined;
  let isSaving = false;
  const save = async (): Promise<void> => {
    if (unsaved !== undefined) {
      const { key, document } = unsaved;
      unsaved = undefined;
      await saveDocument(key, document).then(() => onSaved(), onSaved);
    }
  };
  const saveAll = async (): Promise<void> => {
    if (isSaving) {
      return;
    }
    isSaving = true;
    await save();
    await new Promise((resolve) => setTimeout(resolve, SAVE_INTERVAL_MS));
    isSaving = false;
    if (unsaved !== undefined) {
      void saveAll();
    }
  };
  window.addEventListener('pagehide', () => void save());
  return (key, document) => {
    unsaved = { key, document };
    void saveAll();
  };
}

/** Calls back when another tab keeps the document of an image: the one that is kept last stays. */
export function onSavedElsewhere(listener: (key: string) => void): void {
  tabs.addEventListener('message', ({ data }: MessageEvent<string>) => listener(data));
}

export async function loadDocument(key: string): Promise<StudioDocument | undefined> {
  const saved = (await transact<unknown>('readonly', (store) => store.get(key))) as StudioDocument | undefined;
  // One that an earlier version kept may lack fields.
  return saved === undefined
    ? undefined
    : {
        ...EMPTY_DOCUMENT,
        ...saved,
        operations: { ...EMPTY_DOCUMENT.operations, ...saved.operations },
        output: { ...EMPTY_DOCUMENT.output, ...saved.output },
      };
}

const LAST_FILE = 'file:last';

/** Keeps the file that was dropped last, so that a reload opens it again. */
export async function saveFile(file: File): Promise<void> {
  await transact('readwrite', (store) => store.put(file, LAST_FILE));
}

export async function loadFile(): Promise<File | undefined> {
  return (await transact<unknown>('readonly', (store) => store.get(LAST_FILE))) as File | undefined;
}
