/** Names of tables: `connection.schema.table`; only the last part may hold dots. */
export interface TableName {
  connection: string;
  schema: string;
  table: string;
}

/** What a connection may be called; also the first part of a table's name. */
export const connectionNamePattern = /^[A-Za-z0-9_-]{1,63}$/;

/**
 * Takes a table's name apart.
 * @param text for instance `crm.main.orders`
 * @returns the parts, or null where the text is not a three-part name of at most 255 characters
 */
export function parseTableName(text: string): TableName | null {
  if (text.length > 255 || text !== text.trim() || hasControlCharacter(text)) return null;
  const [connection = '', schema = '', ...rest] = text.split('.');
  const table = rest.join('.');
  if (!connectionNamePattern.test(connection) || schema === '' || table === '') return null;
  return { connection, schema, table };
}

/** Joins the parts to the one name that every surface uses. */
export function formatTableName(name: TableName): string {
  return `${name.connection}.${name.schema}.${name.table}`;
}

function hasControlCharacter(text: string): boolean {
  return /\p{Cc}/u.test(text);
}
