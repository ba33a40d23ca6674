import { readFileSync } from 'node:fs';
import path from 'node:path';

/** File that the server keeps the first admin's key in: one line, for its owner only. */
export function adminKeyFile(dataDir: string): string {
  return path.join(dataDir, 'admin.key');
}

/** @throws Error when the server has not made it yet */
export function readAdminKey(dataDir: string): string {
  return readFileSync(adminKeyFile(dataDir), 'utf8').trim();
}
