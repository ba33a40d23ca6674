/** Kinds of connections that the dialogs know, and what each is called. */
import type { Translate } from '../../i18n';

export const kinds = ['files', 'duckdb', 'postgres', 'mysql'] as const;

/** Another one, of a connection that was made by a call, is called by its own name. */
export function kindLabel(kind: string, t: Translate): string {
  const known = kinds.find((one) => one === kind);
  return known ? t(`connection.kind.${known}`) : kind;
}
