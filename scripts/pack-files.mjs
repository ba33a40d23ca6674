// Writes .br and .gz beside the text files of a folder, so that a server need not pack anything.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const texts = new Set(['.css', '.html', '.js', '.json', '.svg', '.txt']);
/** Smaller files are not worth another answer. */
const fewestBytes = 1024;
/** The highest takes ten times as long for a hundredth less. */
const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };

/** @param {string} folder whose files are packed, those of its folders too */
export function packFiles(folder) {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !texts.has(path.extname(entry.name))) continue;
    const file = path.join(entry.parentPath, entry.name);
    const content = readFileSync(file);
    if (content.length < fewestBytes) continue;
    writeFileSync(`${file}.br`, brotliCompressSync(content, quality));
    writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
  }
}
