export function findMissingPackage(root: string, options: { development: boolean }): string | null;
export function installIfNeeded(root: string, options: { development: boolean }): void;
