export function isBuilt(root: string): boolean;
export function build(root: string): void;
export function buildIfNeeded(root: string): void;
export function watchedFolders(root: string): string[];
