/** A body for the API from a file. */
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { explain } from '../console';
import { UsageError } from './usage-error';

/**
 * @param file path; `-` is standard input
 * @throws UsageError for a file that cannot be read or is no JSON
 */
export async function readJson(file: string): Promise<unknown> {
  const written = await readText(file);
  try {
    return JSON.parse(written.replace(/^\ufeff/, ''));
  } catch (cause) {
    throw new UsageError(`${nameOf(file)} is not JSON: ${explain(cause)}`, { cause });
  }
}

/**
 * The text of a file.
 * @param file path; `-` is standard input
 * @throws UsageError for a file that cannot be read
 */
export async function readText(file: string): Promise<string> {
  if (file === '-') return text(process.stdin);
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new UsageError(`${file} cannot be read: ${explain(cause)}`, { cause });
  }
}

function nameOf(file: string): string {
  return file === '-' ? 'Standard input' : file;
}
