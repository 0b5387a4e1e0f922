export function unpackToyModel(folder: string): string;
