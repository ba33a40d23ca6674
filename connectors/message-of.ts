/**
 * The words of anything that was thrown. Errors of native modules are not always `instanceof`
 * this realm's Error, so the property decides.
 */
export function messageOf(error: unknown): string {
  const message = (error as { message?: unknown } | null | undefined)?.message;
  return typeof message === 'string' ? message : String(error);
}
