export function buildNativeIfNeeded(
  root: string,
  options?: { log?: (line: string) => void; retry?: boolean },
): void;
