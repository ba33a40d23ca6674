/** Kinds of connections that the dialogs know, and what each is called. */
import type { Translate } from '../../i18n';

export const kinds = ['files', 'duckdb', 'postgres', 'mysql'] as const;
export type Kind = (typeof kinds)[number];

export const isKind = (text: string): text is Kind => kinds.some((kind) => kind === text);

/** Kinds whose config is one path: of a folder, or of a file. The others are servers. */
export const hasPath = (kind: string): kind is 'files' | 'duckdb' =>
  kind === 'files' || kind === 'duckdb';

export const kindLabel = (kind: string, t: Translate): string =>
  isKind(kind) ? t(`connection.kind.${kind}`) : kind;
