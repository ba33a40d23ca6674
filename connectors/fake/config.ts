import { z } from 'zod';

const operations = [
  'check',
  'test',
  'listTables',
  'describeTable',
  'firstRows',
  'catalogue',
  'sample',
  'prepareScan',
  'swapIn',
] as const;
export type FakeOperation = (typeof operations)[number];

/** Tables in memory, and what is to go wrong; for tests. */
export const fakeConfigSchema = z.strictObject({
  /** Connections of one name share what was swapped in, within a process. */
  name: z.string().default('fake'),
  /** `schema.table` -> its content; rows hold texts, which are cast to the column's type. */
  tables: z
    .record(
      z.string(),
      z.strictObject({
        columns: z.array(z.strictObject({ name: z.string(), type: z.string() })),
        rows: z.array(z.array(z.string().nullable())),
      }),
    )
    .default({}),
  failures: z.array(z.strictObject({ on: z.enum(operations), message: z.string() })).default([]),
  /** These never end until they are aborted. */
  hangs: z.array(z.enum(operations)).default([]),
  /** Ends the process as the system does when memory is short. */
  killOn: z.enum(operations).optional(),
});

export type FakeConfig = z.infer<typeof fakeConfigSchema>;
