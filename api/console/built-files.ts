/** The files of the built console, as they are served: each by its path, packed where that is made. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

export interface BuiltFile {
  /** Below the folder. */
  name: string;
  mediaType: string;
  /** True: its name changes with what it holds. */
  isHashed: boolean;
  /** Of what it holds: packages give all of their files one and the same time. */
  digest: string;
  /** Packings that stand beside it, under its name with their ending. */
  packings: Packing[];
}

export const packings = ['br', 'gzip'] as const;
export type Packing = (typeof packings)[number];

/** Endings of packed files. */
export const endingOf: Record<Packing, string> = { br: '.br', gzip: '.gz' };

const mediaTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

/** What a build leaves for those who look at it. */
const unserved = new Set(['manifest.json']);

/** Finds the files anew whenever the console was built again. */
export class BuiltFiles {
  private byPath = new Map<string, BuiltFile>();
  /** When, in milliseconds; null: it is not built. */
  private builtAt: number | null = null;

  constructor(readonly folder: string) {}

  /** @returns whether the console is built */
  refresh(): boolean {
    const index = path.join(this.folder, 'index.html');
    const builtAt = statSync(index, { throwIfNoEntry: false })?.mtimeMs ?? null;
    if (builtAt !== this.builtAt) {
      this.byPath = builtAt === null ? new Map() : listFiles(this.folder);
    }
    this.builtAt = builtAt;
    return builtAt !== null;
  }

  /** @param urlPath as it was asked for: only what is there is found, so that no path leads out */
  find(urlPath: string): BuiltFile | null {
    return this.byPath.get(urlPath) ?? null;
  }
}

function listFiles(folder: string): Map<string, BuiltFile> {
  const byPath = new Map<string, BuiltFile>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const mediaType = mediaTypes[path.extname(entry.name)];
    if (!entry.isFile() || mediaType === undefined || entry.name.startsWith('.')) continue;
    const file = path.join(entry.parentPath, entry.name);
    const name = path.relative(folder, file).split(path.sep).join('/');
    if (unserved.has(name)) continue;
    byPath.set(`/${name}`, {
      ...{ name, mediaType, isHashed: name.startsWith('assets/') },
      digest: createHash('sha256').update(readFileSync(file)).digest('base64url').slice(0, 22),
      packings: packings.filter((packing) => existsSync(file + endingOf[packing])),
    });
  }
  return byPath;
}
