import { z } from 'zod';

/** A folder whose CSV and Parquet files are the tables of schema `main`. */
export const filesConfigSchema = z.strictObject({
  path: z
    .string()
    .min(1)
    .max(4096)
    .refine((path) => !path.includes('\0'), 'must not hold a NUL character')
    .describe('Folder with the CSV and Parquet files, below one of the allowed folders'),
});

export type FilesConfig = z.infer<typeof filesConfigSchema>;
