import { z } from 'zod';

/** One DuckDB database file. */
export const duckdbConfigSchema = z.strictObject({
  path: z
    .string()
    .min(1)
    .max(4096)
    .refine((path) => !path.includes('\0'), 'must not hold a NUL character')
    .describe('DuckDB file below one of the allowed folders; made when a result is first written'),
});

export type DuckdbConfig = z.infer<typeof duckdbConfigSchema>;
