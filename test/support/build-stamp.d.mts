export function hashSources(): string;
export function isBuildCurrent(): boolean;
