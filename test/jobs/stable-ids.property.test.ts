import fc from 'fast-check';
import { Sandbox } from '../connectors/support/sandbox';
import { bothWays } from './support/both-ways';
import { compute, type ChangeRow, type Table } from './support/compute';
import { usersOf, type ResultRow } from './support/run-job';

/** IDs of a user, as `type:value`. */
type User = Set<string>;

const idTypes = ['card', 'mark'];
const values = Array.from({ length: 9 }, (_, nr) => String.fromCodePoint(0xe9 + nr, 0x61 + nr));
const row = fc.tuple(
  fc.option(fc.constantFrom(...values), { freq: 5 }),
  fc.option(fc.constantFrom(...values), { freq: 5 }),
);

/** One edit of the data after the other: rows that come, and rows that go by their place. */
const edits = fc.array(
  fc.record({
    come: fc.array(row, { maxLength: 5 }),
    go: fc.array(fc.nat(20), { maxLength: 4 }),
    order: fc.nat(1000),
  }),
  { minLength: 2, maxLength: 6 },
);

function editedBy(
  rows: (string | null)[][],
  { come, go }: { come: (string | null)[][]; go: number[] },
): (string | null)[][] {
  const gone = new Set(rows.length > 0 ? go.map((place) => place % rows.length) : []);
  return [...rows.filter((_, place) => !gone.has(place)), ...come];
}

/** The same rows in two tables and another order. */
function spread(rows: (string | null)[][], order: number): Table[] {
  const turned = rows.toSorted((one, other) =>
    String([order % 7, ...one].toReversed()) < String([order % 5, ...other]) ? -1 : 1,
  );
  const cut = rows.length === 0 ? 0 : order % rows.length;
  return [turned.slice(cut), turned.slice(0, cut)].map((part) => ({ idTypes, rows: part }));
}

const smallest = (user: User): string =>
  [...user].reduce((one, other) =>
    Buffer.compare(Buffer.from(one), Buffer.from(other)) < 0 ? one : other,
  );

function byId(rows: ResultRow[]): Map<string, User> {
  const users = new Map<string, User>();
  for (const { one_id: id, id_type: type, id_value: value } of rows) {
    users.set(id, (users.get(id) ?? new Set()).add(`${type}:${value}`));
  }
  return users;
}

interface Pair {
  former: string;
  user: User;
  ids: number;
}

function pairsOf(former: Map<string, User>, users: User[]): Pair[] {
  return [...former].flatMap(([id, before]) =>
    users
      .map((user) => ({ former: id, user, ids: [...user].filter((one) => before.has(one)).length }))
      .filter(({ ids }) => ids > 0),
  );
}

/** Who goes on under which id: the best pair that is left, again and again. */
function keptBy(pairs: Pair[]): Map<User, string> {
  const kept = new Map<User, string>();
  for (let left = pairs; left.length > 0;) {
    const best = left.reduce((one, other) => {
      if (one.ids !== other.ids) return one.ids > other.ids ? one : other;
      if (one.former !== other.former) return one.former < other.former ? one : other;
      return smallest(one.user) < smallest(other.user) ? one : other;
    });
    kept.set(best.user, best.former);
    left = left.filter((pair) => pair.former !== best.former && pair.user !== best.user);
  }
  return kept;
}

/** The table of changes as it is to be, in the order in which it is read. */
function changesOf(former: Map<string, User>, present: Map<string, User>, pairs: Pair[]): string[] {
  const idOf = new Map([...present].map(([id, user]) => [user, id]));
  const changes: unknown[][] = [];
  for (const [id, user] of present) {
    const same = pairs.find((pair) => pair.former === id && pair.user === user);
    changes.push(same ? ['kept', id, null, same.ids] : ['new', id, null, user.size]);
  }
  for (const [id, user] of former)
    if (!present.has(id)) changes.push(['gone', id, null, user.size]);
  for (const pair of pairs.filter(({ former: id, user }) => idOf.get(user) !== id)) {
    const row = [idOf.get(pair.user), pair.former, pair.ids];
    if (pairs.filter(({ user }) => user === pair.user).length > 1) changes.push(['merged', ...row]);
    if (pairs.filter((one) => one.former === pair.former).length > 1)
      changes.push(['split', ...row]);
  }
  return changes.map(String).toSorted();
}

const told = (changes: ChangeRow[]): string[] =>
  changes
    .map(({ change, one_id: id, other_one_id: other, ids }) =>
      String([change, id, other, Number(ids)]),
    )
    .toSorted();

bothWays(() => {
  it('users keep their one_id over all edits of the data, new ones get new ids, and all is told', async () => {
    await fc.assert(
      fc.asyncProperty(edits, async (drawn) => {
        const sandbox = new Sandbox();
        try {
          const everGiven = new Set<string>();
          let rows: (string | null)[][] = [];
          let former: Map<string, User> | null = null;
          for (const edit of drawn) {
            rows = editedBy(rows, edit);
            const result = await compute(sandbox, spread(rows, edit.order));
            const present = byId(result.rows);
            const users = [...present.values()];
            const pairs = pairsOf(former ?? new Map(), users);
            const kept = keptBy(pairs);
            for (const [id, user] of present) {
              const known = everGiven.has(id) ? id : undefined;
              expect(known).toBe(kept.get(user));
              expect(id).toMatch(/^[0-9a-f]{32}$/);
            }
            expect(told(result.changes)).toEqual(changesOf(former ?? new Map(), present, pairs));
            present.forEach((_, id) => everGiven.add(id));
            former = present;
          }
        } finally {
          sandbox.remove();
        }
      }),
      { numRuns: 10 },
    );
  });

  it('two runs over the same data give the same ids, and tell that all were kept', async () => {
    const sandbox = new Sandbox();
    try {
      const rows = Array.from({ length: 300 }, (_, nr) => [`c${nr}`, `m${nr >> 1}`]);
      const first = await compute(sandbox, spread(rows, 3));
      const second = await compute(sandbox, spread(rows, 4));
      expect(byId(second.rows)).toEqual(byId(first.rows));
      expect(first.summary.changes).toBeNull();
      expect(second.summary.changes).toEqual({ new: 0, kept: 150, gone: 0, merged: 0, split: 0 });
      expect(usersOf(second.rows)).toHaveLength(150);
    } finally {
      sandbox.remove();
    }
  });
});
