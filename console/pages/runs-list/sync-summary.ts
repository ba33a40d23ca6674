/** What the record of a copy says beside its tables. */
export interface SyncSummary {
  rows: number;
  bytes: number;
  rowsPerSecond: number;
  dirty: { count: number; samples: { reason: string; row: string }[] };
}

/** @returns null of a record that no copy has left */
export function syncSummaryOf(summary: Record<string, unknown> | null): SyncSummary | null {
  if (summary === null) return null;
  const { rows, bytes, rowsPerSecond, dirty } = summary as Partial<SyncSummary>;
  if (typeof rows !== 'number' || typeof bytes !== 'number' || !dirty) return null;
  return { rows, bytes, rowsPerSecond: rowsPerSecond ?? 0, dirty };
}

const units = ['B', 'KB', 'MB', 'GB', 'TB'];

/** `1.5 MB` of a number of bytes, in thousands. */
export function bytesText(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}
