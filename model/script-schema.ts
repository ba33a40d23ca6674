/**
 * Sync scripts: the JSON that DataX users write, with `datasource` in place of URL and password.
 * Objects take members that are not named here, as scripts of other tools bring some; `parseScript`
 * says which of them mean nothing here.
 */
import { z } from 'zod';

/** Longest text of a script, in characters as people count them. */
export const maxScriptLength = 500_000;

const names = z.union([z.string(), z.array(z.string())]);
const statements = z.union([z.string(), z.array(z.string())]);
const positive = z.number().int().min(1);

/** What every reader and writer of a place may name it by. */
const place = {
  datasource: z.string().min(1).optional().describe('Name of a connection of the tenant'),
};

const jdbcUrl = z.union([z.string(), z.array(z.string()).min(1)]);

/** A column of a reader: a name, an SQL expression, or an object. */
const columnObject = z.looseObject({
  name: z.string().min(1).optional(),
  index: z.number().int().min(0).optional().describe('Place in the line, from 0'),
  value: z
    .union([z.string(), z.number(), z.boolean(), z.null()])
    .optional()
    .describe('A constant in place of what the source holds'),
  type: z.string().optional().describe('string, long, double, boolean, date or bytes'),
  format: z.string().optional().describe('How dates are written, as in yyyy.MM.dd'),
});
const readColumns = z.union([z.literal('*'), z.array(z.union([z.string(), columnObject])).min(1)]);
const writeColumns = z.union([
  z.literal('*'),
  z.array(z.union([z.string(), z.looseObject({ name: z.string().min(1) })])).min(1),
]);

const databaseReader = z.looseObject({
  ...place,
  table: names.optional(),
  column: readColumns.optional(),
  where: z.string().optional().describe('Condition on the rows, without WHERE'),
  splitPk: z.string().optional().describe('Whole-number column by which channels share the rows'),
  querySql: statements.optional().describe('In place of table, column and where'),
  session: statements.optional().describe('Run on each connection before it reads'),
  fetchSize: positive.optional(),
  connection: z
    .array(
      z.looseObject({
        jdbcUrl: jdbcUrl.optional(),
        table: names.optional(),
        querySql: statements.optional(),
      }),
    )
    .min(1)
    .optional(),
});

export const writeModes = [
  'insert',
  'append',
  'overwrite',
  'truncate',
  'replace',
  'update',
  'upsert',
  'nonConflict',
] as const;

/** `connection` is a list in DataX; one entry is what a writer has. */
const databaseWriter = z.looseObject({
  ...place,
  table: names.optional(),
  column: writeColumns.optional(),
  columnMapping: z
    .enum(['position', 'name'])
    .optional()
    .describe('How columns of the source find those of the target; position is the default'),
  writeMode: z.enum(writeModes).optional().describe('insert (append) is the default'),
  where: z.string().optional().describe('With overwrite: only these rows are replaced'),
  key: names.optional().describe('With replace or update: left out, the primary key'),
  preSql: statements.optional(),
  postSql: statements.optional(),
  session: statements.optional(),
  batchSize: positive.optional(),
  createTable: z.boolean().optional().describe('Makes the table where it is not there'),
  connection: z
    .array(z.looseObject({ jdbcUrl: jdbcUrl.optional(), table: names.optional() }))
    .length(1, 'a writer has one connection')
    .optional(),
});

export const fileFormats = ['csv', 'text', 'parquet', 'json', 'jsonl'] as const;

const fileFields = {
  ...place,
  table: names.optional().describe('Name of a file of the connection without its ending'),
  fileFormat: z.enum(fileFormats).optional(),
  encoding: z.string().optional(),
  compress: z.string().optional().describe('gzip, or nothing'),
  fieldDelimiter: z.string().min(1).optional(),
  nullFormat: z.string().optional(),
  dateFormat: z.string().optional(),
  format: z.string().optional(),
};

const fileReader = z.looseObject({
  ...fileFields,
  path: names.optional().describe('Files or folders; * stands for any part of a name'),
  column: readColumns.optional(),
  skipHeader: z.boolean().optional(),
  csvReaderConfig: z.looseObject({}).optional(),
});

const fileWriter = z.looseObject({
  ...fileFields,
  path: z.string().min(1).optional().describe('Folder that the file is written into'),
  fileName: z.string().min(1).optional(),
  column: writeColumns.optional(),
  columnMapping: z.enum(['position', 'name']).optional(),
  header: z.union([z.boolean(), z.array(z.string())]).optional(),
  writeMode: z.enum(writeModes).optional(),
  createTable: z.boolean().optional(),
});

const readerSchema = z.discriminatedUnion(
  'name',
  [
    z.looseObject({ name: z.literal('mysqlreader'), parameter: databaseReader }),
    z.looseObject({ name: z.literal('postgresqlreader'), parameter: databaseReader }),
    z.looseObject({ name: z.literal('duckdbreader'), parameter: databaseReader }),
    z.looseObject({ name: z.literal('txtfilereader'), parameter: fileReader }),
  ],
  'there are mysqlreader, postgresqlreader, duckdbreader and txtfilereader',
);

const writerSchema = z.discriminatedUnion(
  'name',
  [
    z.looseObject({ name: z.literal('mysqlwriter'), parameter: databaseWriter }),
    z.looseObject({ name: z.literal('postgresqlwriter'), parameter: databaseWriter }),
    z.looseObject({ name: z.literal('duckdbwriter'), parameter: databaseWriter }),
    z.looseObject({ name: z.literal('txtfilewriter'), parameter: fileWriter }),
  ],
  'there are mysqlwriter, postgresqlwriter, duckdbwriter and txtfilewriter',
);

const settingSchema = z.looseObject({
  speed: z
    .union([
      z.number().min(1).describe('Most bytes a second'),
      z.looseObject({
        channel: z.number().int().min(1).max(32).optional().describe('Readers at work at once'),
        byte: z.number().min(1).optional().describe('Most bytes a second'),
        record: z.number().min(1).optional().describe('Most rows a second'),
      }),
    ])
    .optional(),
  errorLimit: z
    .looseObject({
      record: z.number().int().min(0).optional().describe('Dirty rows that a run may have'),
      percentage: z.number().min(0).max(1).optional().describe('Share of all rows; 0.02 is 2 %'),
    })
    .optional(),
});

export const scriptSchema = z.looseObject({
  job: z.looseObject({
    setting: settingSchema.optional(),
    content: z
      .array(z.looseObject({ reader: readerSchema, writer: writerSchema }))
      .length(1, 'a script has one pair of reader and writer'),
  }),
});

export type SyncScript = z.infer<typeof scriptSchema>;
export type DatabaseReader = z.infer<typeof databaseReader>;
export type DatabaseWriter = z.infer<typeof databaseWriter>;
export type FileReader = z.infer<typeof fileReader>;
export type FileWriter = z.infer<typeof fileWriter>;
export type ColumnObject = z.infer<typeof columnObject>;
export type WriteMode = (typeof writeModes)[number];
export type FileFormat = (typeof fileFormats)[number];

/** The kind of connection that a reader or writer works with. */
export const kindOfPlugin = {
  mysqlreader: 'mysql',
  mysqlwriter: 'mysql',
  postgresqlreader: 'postgres',
  postgresqlwriter: 'postgres',
  duckdbreader: 'duckdb',
  duckdbwriter: 'duckdb',
  txtfilereader: 'files',
  txtfilewriter: 'files',
} as const;
export type PluginName = keyof typeof kindOfPlugin;
export type SyncKind = (typeof kindOfPlugin)[PluginName];

/** Members of a parameter that are named above, by plugin. */
export const knownParameters: Record<PluginName, readonly string[]> = {
  mysqlreader: Object.keys(databaseReader.shape),
  postgresqlreader: Object.keys(databaseReader.shape),
  duckdbreader: Object.keys(databaseReader.shape),
  txtfilereader: Object.keys(fileReader.shape),
  mysqlwriter: Object.keys(databaseWriter.shape),
  postgresqlwriter: Object.keys(databaseWriter.shape),
  duckdbwriter: Object.keys(databaseWriter.shape),
  txtfilewriter: Object.keys(fileWriter.shape),
};
