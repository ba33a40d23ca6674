/** What the editor of scripts offers while one types, and what a script may be called. */
import { z } from 'zod';
import { en } from '../../console/i18n/en';
import { suggestionsAt, type Suggestion } from '../../console/pages/scripts/editor/suggestions';
import { problemOfName } from '../../console/pages/scripts/name';
import { found, folderChoices, treeOf, wayTo } from '../../console/pages/scripts/tree-of';
import { scriptNameSchema } from '../../model/script-name';
import { scriptSchema } from '../../model/script-schema';

const schema = z.toJSONSchema(scriptSchema, { io: 'input' }) as never;
const connections = [
  { name: 'lake', type: 'duckdb', mayRead: true, mayWrite: true },
  { name: 'seen', type: 'duckdb', mayRead: true, mayWrite: false },
  { name: 'shop', type: 'postgres', mayRead: true, mayWrite: true },
];

/** What is offered where the text has a `|`. */
function offered(text: string): string[] {
  return itemsAt(text).map(({ label }) => label);
}

function itemsAt(text: string): Suggestion[] {
  const offset = text.indexOf('|');
  return suggestionsAt(text.replace('|', ''), offset, schema, connections)?.items ?? [];
}

test('DP-22: members are completed from the schema, with what is there already left out', () => {
  expect(offered('{|}')).toEqual(['job']);
  expect(offered('{"job": {"content": [], "|"}}')).toEqual(['setting']);
  expect(offered('{"job": {"setting": {"speed": {"|"}}}}')).toEqual(['channel', 'byte', 'record']);
  const reader =
    '{"job": {"content": [{"reader": {"name": "txtfilereader", "parameter": {"|"}}}]}}';
  expect(offered(reader)).toEqual(expect.arrayContaining(['skipHeader', 'fieldDelimiter']));
  expect(offered(reader)).not.toContain('splitPk');
  expect(offered(reader.replace('txtfile', 'mysql'))).toContain('splitPk');
});

test('DP-22: a member comes with what its value begins and ends with', () => {
  const [job] = itemsAt('{|}');
  expect(job).toMatchObject({ insert: '"job": {}', cursor: '"job": {'.length });
  const [known] = itemsAt('{"jo|": 1}');
  expect(known).toMatchObject({ insert: '"job"' });
});

test('DP-22: values are completed where the schema has only some', () => {
  expect(offered('{"job": {"content": [{"writer": {"name": "|"}}]}}')).toEqual([
    ...['mysqlwriter', 'postgresqlwriter', 'duckdbwriter', 'txtfilewriter'],
  ]);
  const writer = '{"job": {"content": [{"writer": {"name": "duckdbwriter", "parameter": {#}}}]}}';
  expect(offered(writer.replace('#', '"writeMode": "|"'))).toContain('upsert');
  expect(offered(writer.replace('#', '"createTable": |'))).toEqual(['true', 'false']);
  expect(offered(writer.replace('#', '"where": "|"'))).toEqual([]);
});

test('DP-16, DP-18: data sources are completed by type, and by what the person may do with them', () => {
  const pair = (side: string, name: string) =>
    `{"job": {"content": [{"${side}": {"name": "${name}", "parameter": {"datasource": "|"}}}]}}`;
  expect(offered(pair('reader', 'duckdbreader'))).toEqual(['lake', 'seen']);
  expect(offered(pair('writer', 'duckdbwriter'))).toEqual(['lake']);
  expect(offered(pair('writer', ''))).toEqual(['lake', 'shop']);
});

const t = (key: keyof typeof en, values: Record<string, string | number> = {}) =>
  en[key].replaceAll(/\{(\w+)\}/g, (_, name: string) => String(values[name]));

test('DP-06, DP-07, DP-08: the dialog judges names as the service does, and names each symbol', () => {
  const names = [
    ...['', '  ', 'a|b', 'a:b', 'a?b', 'a<b', 'a>b', 'a*b', 'a"b', 'a\u2164b', 'a\u2174b'],
    ...[
      '订单 入仓-1.0/x',
      'view',
      'v',
      'x'.repeat(64),
      'x'.repeat(65),
      '😀'.repeat(64),
      'a\nb',
      'a\u0085b',
    ],
  ];
  for (const name of names) {
    expect([name, problemOfName(name, t) === null]).toEqual([
      name,
      scriptNameSchema.safeParse(name).success,
    ]);
  }
  expect(problemOfName('a|b*', t)).toMatch(/vertical line \|.*asterisk \*/);
  expect(problemOfName('x'.repeat(65), t)).toMatch(/65 .* 64/);
});

const folder = (id: string, parent: string) => ({ id, parent, name: `folder ${id}` }) as never;
const script = (id: string, directory: string) =>
  ({ id, directory, name: `script ${id}` }) as never;

test('DP-13, DP-14: the tree holds every folder and script once, also where a folder is not known', () => {
  const tree = treeOf(
    [folder('b', 'a'), folder('a', '0')],
    [script('1', 'b'), script('2', 'x')],
    'Root',
  );
  expect(folderChoices(tree).map(({ label }) => label)).toEqual([
    ...['Root', 'Root / folder a', 'Root / folder a / folder b'],
  ]);
  expect(folderChoices(tree, 'a')).toHaveLength(1);
  expect(wayTo(tree, '1')).toEqual(['0', 'a', 'b']);
  expect(wayTo(tree, '2')).toEqual(['0']);
  expect(wayTo(tree, '3')).toBeNull();
  expect(found(tree, ' SCRIPT 1 ').folders[0]?.folders[0]?.scripts).toHaveLength(1);
  expect(found(tree, 'folder b').folders[0]?.folders[0]?.scripts).toHaveLength(1);
  expect(found(tree, 'nothing')).toMatchObject({ folders: [], scripts: [] });
});
