// Keeps docs/requirements.md in step with the tests whose titles begin with the rows they show, as
// in 'QA-18, QA-19: a manual task …'. With `--write` they are added to the rows; what else a row
// names stays. Prints the rows without a test.
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const root = path.join(__dirname, '..');
const page = path.join(root, 'docs/requirements.md');
const rowPattern = /^\| (?<id>[A-Z]{2}-\d\d) \| (?<what>.+) \| (?<shownBy>.+) \|$/;
const titlePattern =
  /(['"`])(?<title>(?<ids>[A-Z]{2}-\d\d(?:(?:, | to )[A-Z]{2}-\d\d)*): [^\n]*?)\1/g;

/** @returns the rows that a title begins with: `DP-26 to DP-28, HW-01` is four */
function idsOf(text) {
  return text.split(', ').flatMap((part) => {
    const [first, last = first] = part.split(' to ');
    const from = Number(first.slice(3));
    const count = Number(last.slice(3)) - from + 1;
    return Array.from(
      { length: count },
      (_, at) => `${first.slice(0, 3)}${String(from + at).padStart(2, '0')}`,
    );
  });
}

/** @returns the rows of the page: `{ id, what, shownBy: [entry] }`; no entry where it says open */
function requirementRows() {
  const lines = fs.readFileSync(page, 'utf8').split('\n');
  return lines.flatMap((line) => {
    const cells = rowPattern.exec(line)?.groups;
    if (!cells) return [];
    const shownBy = cells.shownBy === 'open' ? [] : cells.shownBy.split('<br>');
    return [{ id: cells.id, what: cells.what, shownBy }];
  });
}

/** @returns `{ id, entry }` for each row that the title of a test names */
function titledTests() {
  const list = ['ls-files', '--cached', 'test/**/*.test.ts'];
  const tracked = execFileSync('git', list, { cwd: root, encoding: 'utf8' }).trim().split('\n');
  const files = tracked.filter((name) => fs.existsSync(path.join(root, name))).toSorted();
  return files.flatMap((file) => {
    const titles = fs.readFileSync(path.join(root, file), 'utf8').matchAll(titlePattern);
    return [...titles].flatMap(({ groups: { ids, title } }) =>
      idsOf(ids).map((id) => ({ id, entry: `\`${file}\`: ${title}` })),
    );
  });
}

function main() {
  const tests = titledTests();
  const rows = requirementRows().map((row) => {
    const titled = tests.filter(({ id }) => id === row.id).map(({ entry }) => entry);
    return { ...row, shownBy: [...new Set([...titled, ...row.shownBy])] };
  });
  const open = rows.filter(({ shownBy }) => shownBy.length === 0).map(({ id }) => id);
  console.log(`without a test: ${open.join(', ') || 'none'}`);
  if (process.argv[2] !== '--write') return;
  const byId = new Map(rows.map((row) => [row.id, row]));
  const lines = fs.readFileSync(page, 'utf8').split('\n');
  const written = lines.map((line) => {
    const row = byId.get(rowPattern.exec(line)?.groups.id);
    return row ? `| ${row.id} | ${row.what} | ${row.shownBy.join('<br>') || 'open'} |` : line;
  });
  fs.writeFileSync(page, written.join('\n'));
}

if (require.main === module) main();

module.exports = { requirementRows, titledTests };
