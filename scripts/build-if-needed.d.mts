export function isBuilt(root: string): boolean;
export function build(root: string): void;
export function buildIfNeeded(root: string, options?: { retry?: boolean }): void;
export function watchedFolders(root: string): string[];
