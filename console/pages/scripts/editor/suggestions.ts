/** What may be written at a place of a script, from its JSON Schema and the connections there are. */
import {
  findNodeAtLocation,
  getLocation,
  getNodeValue,
  parseTree,
  type JSONPath,
  type Node,
} from 'jsonc-parser';
import type { PluginName, SyncKind } from '../../../../model/script-schema';

/** As much of JSON Schema as is made of the model. */
export interface JsonSchema {
  $ref?: string;
  $defs?: Record<string, JsonSchema>;
  type?: string | string[];
  description?: string;
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  const?: unknown;
  enum?: unknown[];
}

export interface KnownConnection {
  name: string;
  type: string;
  mayRead: boolean;
  mayWrite: boolean;
}

export interface Suggestion {
  label: string;
  /** What takes the place of the text from `from` to `to`. */
  insert: string;
  /** Where the cursor comes to stand in what was inserted; at its end without it. */
  cursor?: number;
  info?: string;
  kind: 'property' | 'constant';
}

export interface Suggestions {
  from: number;
  to: number;
  items: Suggestion[];
}

const kindByPlugin = {
  ...{ mysqlreader: 'mysql', mysqlwriter: 'mysql' },
  ...{ postgresqlreader: 'postgres', postgresqlwriter: 'postgres' },
  ...{ duckdbreader: 'duckdb', duckdbwriter: 'duckdb' },
  ...{ txtfilereader: 'files', txtfilewriter: 'files' },
} as const satisfies Record<PluginName, SyncKind>;

/** @returns null where nothing is known of the place */
export function suggestionsAt(
  text: string,
  offset: number,
  schema: JsonSchema,
  connections: readonly KnownConnection[],
): Suggestions | null {
  const { path, previousNode: inside, isAtPropertyKey } = getLocation(text, offset);
  const tree = parseTree(text, [], { allowTrailingComma: true });
  const from = inside?.offset ?? offset;
  const to = inside ? inside.offset + inside.length : offset;
  if (isAtPropertyKey) {
    const holder = path.slice(0, -1);
    const items = propertiesAt(schema, tree, holder, text.slice(to), inside !== undefined);
    return { from, to, items: items.filter(({ label }) => label !== '') };
  }
  const names = connectionNames(tree, path, connections);
  const items = names ?? valuesAt(schema, tree, path);
  return items.length === 0 ? null : { from, to, items };
}

function propertiesAt(
  schema: JsonSchema,
  tree: Node | undefined,
  holder: JSONPath,
  after: string,
  isReplaced: boolean,
): Suggestion[] {
  const object = tree && findNodeAtLocation(tree, holder);
  const taken = new Set(
    (object?.children ?? [])
      // One that is being typed has no value yet.
      .filter(({ children }) => !isReplaced || (children?.length ?? 0) > 1)
      .map(({ children }) => children?.[0]?.value as string),
  );
  const hasColon = /^\s*:/.test(after);
  const known = new Map(
    schemasAt(schema, tree, holder).flatMap(({ properties = {} }) => Object.entries(properties)),
  );
  return [...known]
    .filter(([name]) => hasColon || !taken.has(name))
    .map(([name, one]) => {
      const [begin, end] = hasColon ? ['', ''] : emptyValue(expand(schema, one));
      const insert = `${JSON.stringify(name)}${hasColon ? '' : ': '}${begin}`;
      const info = one.description;
      return {
        ...{ label: name, insert: insert + end, cursor: insert.length, kind: 'property' as const },
        ...(info !== undefined && { info }),
      };
    });
}

/** What a value begins and ends with, where only one thing is possible. */
function emptyValue(schemas: readonly JsonSchema[]): [string, string] {
  const types = new Set(schemas.flatMap(({ type = [] }) => type));
  const [type] = types;
  if (types.size !== 1) return ['', ''];
  if (type === 'object') return ['{', '}'];
  if (type === 'array') return ['[', ']'];
  return type === 'string' ? ['"', '"'] : ['', ''];
}

function valuesAt(schema: JsonSchema, tree: Node | undefined, path: JSONPath): Suggestion[] {
  const values = schemasAt(schema, tree, path, false).flatMap(
    ({ type, const: only, enum: all }) => {
      if (only !== undefined) return [only];
      return all ?? (type === 'boolean' ? [true, false] : []);
    },
  );
  return [...new Set(values.map((value) => JSON.stringify(value)))].map((insert) => ({
    ...{ label: String(JSON.parse(insert)), insert, kind: 'constant' as const },
  }));
}

/** Names of connections that fit the reader or writer that the place is in. */
function connectionNames(
  tree: Node | undefined,
  path: JSONPath,
  connections: readonly KnownConnection[],
): Suggestion[] | null {
  if (path.at(-1) !== 'datasource' || !tree) return null;
  const side = path.includes('writer') ? 'writer' : 'reader';
  const plugin = findNodeAtLocation(tree, [...path.slice(0, -2), 'name'])?.value as unknown;
  const kind = typeof plugin === 'string' ? kindByPlugin[plugin as PluginName] : undefined;
  return connections
    .filter(({ type }) => kind === undefined || type === kind)
    .filter(({ mayRead, mayWrite }) => (side === 'reader' ? mayRead : mayWrite))
    .map(({ name, type }) => ({
      ...{ label: name, insert: JSON.stringify(name), info: type, kind: 'constant' as const },
    }));
}

/**
 * All schemas that may hold at a path; where what is written already tells which of several it is,
 * only those.
 * @param narrow false: the value at the path itself tells nothing, as it is being chosen
 */
function schemasAt(
  root: JsonSchema,
  tree: Node | undefined,
  path: JSONPath,
  narrow = true,
): JsonSchema[] {
  let here = fitting(expand(root, root), tree, []);
  path.forEach((step, index) => {
    const next = here.flatMap(({ properties, items }) => {
      const one = typeof step === 'number' ? items : properties?.[step];
      return one ? expand(root, one) : [];
    });
    const isLast = index === path.length - 1;
    here = isLast && !narrow ? next : fitting(next, tree, path.slice(0, index + 1));
  });
  return here;
}

/** A schema with its references and choices taken apart. */
function expand(root: JsonSchema, schema: JsonSchema): JsonSchema[] {
  if (schema.$ref) {
    const name = schema.$ref.split('/').at(-1) ?? '';
    const named = root.$defs?.[name];
    return named ? expand(root, named) : [];
  }
  const parts = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
  return parts.length === 0 ? [schema] : parts.flatMap((part) => expand(root, part));
}

/** Those that a constant which is written already does not rule out. */
function fitting(schemas: JsonSchema[], tree: Node | undefined, path: JSONPath): JsonSchema[] {
  const node = tree && findNodeAtLocation(tree, path);
  if (node?.type !== 'object') return schemas;
  const value = getNodeValue(node) as Record<string, unknown>;
  const left = schemas.filter(({ properties = {} }) =>
    Object.entries(properties).every(
      ([name, { const: only }]) => only === undefined || !value[name] || value[name] === only,
    ),
  );
  return left.length === 0 ? schemas : left;
}
