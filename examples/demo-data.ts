/**
 * Made-up people in four tables, the same on every machine, and the truth about who is who.
 *
 * What makes it lifelike: phones with blanks around them, e-mail addresses in any case, gaps, a
 * new phone now and then, one fake phone that hundreds gave (guard rails leave it out), and two
 * imperfections that no exact method gets right: families who share a phone, and people who signed
 * up twice with nothing in common.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

export interface DemoTruth {
  /** Number of people behind the IDs. */
  people: number;
  /** Person of each ID, by `type:value` as the result writes it; several for shared phones. */
  personsOf: Record<string, number[]>;
  /** The value that too many gave. */
  fakePhone: string;
}

export interface DemoScore {
  /** Distinct one_ids. */
  users: number;
  /** Share of the pairs of IDs put together that belong to one person. */
  precision: number;
  /** Share of the pairs of IDs of one person that were put together. */
  recall: number;
}

/** Which columns of the demo tables hold which IDs; tables by their name in the folder. */
export const demoMappings: Record<string, { column: string; idType: string }[]> = {
  customers: [
    { column: 'mobile', idType: 'phone' },
    { column: 'mail', idType: 'email' },
    { column: 'member_no', idType: 'member_id' },
  ],
  orders: [
    { column: 'mobile', idType: 'phone' },
    { column: 'member_no', idType: 'member_id' },
  ],
  app_logins: [
    { column: 'device', idType: 'idfa' },
    { column: 'member_no', idType: 'member_id' },
    { column: 'phone', idType: 'phone' },
  ],
  newsletter: [
    { column: 'address', idType: 'email' },
    { column: 'cookie', idType: 'cookie_id' },
  ],
};

const peopleCount = 5_000;
const fakePhone = '00000000000';
/** So many customers gave the fake phone; more than the default of `maxSharedBy`. */
const fakePhoneUsers = 1_200;

const names = [
  ['Ann', 'Lee'],
  ['José', 'Núñez'],
  ['Zoë', "O'Hara"],
  ['伟', '张'],
  ['娜', '李'],
  ['花子', '佐藤'],
  ['Ольга', 'Иванова'],
  ['ليلى', 'حداد'],
  ['민준', '김'],
  ['Jürgen', 'Groß'],
] as const;
const places = ['Berlin', '上海', '東京', 'Москва', 'القاهرة', '서울', 'São Paulo', 'Lagos, Ikeja'];

/** Numbers from 0 up to 1 that look drawn but are the same every time (a 32-bit xorshift). */
class Dice {
  #state = 0x9e3779b9;

  next(): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) / 2 ** 32;
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.next() * list.length)] as T;
  }

  hex(length: number): string {
    return Array.from({ length }, () => Math.floor(this.next() * 16).toString(16)).join('');
  }
}

interface Person {
  number: number;
  name: string;
  place: string;
  phones: string[];
  mail: string;
  memberNo: string;
  device: string;
  cookie: string;
  /** A second sign-up, made up from nothing that the first one gave. */
  secondMail: string | null;
}

function makePerson(dice: Dice, number: number, before: Person | undefined): Person {
  const [given, family] = dice.pick(names);
  const digits = String(number).padStart(5, '0');
  const ownPhones = [`0138${digits}01`, ...(dice.chance(0.2) ? [`0138${digits}02`] : [])];
  const sharesPhone = before !== undefined && dice.chance(0.02);
  const device = [8, 4, 4, 4, 12].map((length) => dice.hex(length)).join('-');
  return {
    number,
    name: `${given} ${family}`,
    place: dice.pick(places),
    phones: sharesPhone ? [...ownPhones, before.phones[0] as string] : ownPhones,
    mail: `person${digits}@example.com`,
    memberNo: `M${digits}`,
    device,
    cookie: dice.hex(16),
    secondMail: dice.chance(0.03) ? `other${digits}@example.net` : null,
  };
}

type Row = (string | null)[];

interface DemoTable {
  columns: string[];
  rows: Row[];
}

/** Blanks and capitals as people and spreadsheets leave them. */
function untidy(dice: Dice, text: string): string {
  if (dice.chance(0.1)) return ` ${text}\u3000`;
  return dice.chance(0.2) ? text.toUpperCase() : text;
}

function customersOf(dice: Dice, people: Person[]): DemoTable {
  const rows = people.map((person): Row => {
    const phone = person.number < fakePhoneUsers ? fakePhone : (person.phones[0] as string);
    const mobile = dice.chance(0.1) ? null : untidy(dice, phone);
    const mail = dice.chance(0.03) ? null : untidy(dice, person.mail);
    return [person.name, person.place, mobile, mail, person.memberNo];
  });
  return { columns: ['name', 'place', 'mobile', 'mail', 'member_no'], rows };
}

function ordersOf(dice: Dice, people: Person[]): DemoTable {
  const rows = people.flatMap((person) =>
    person.phones.map((phone): Row => {
      const amount = (dice.next() * 500).toFixed(2);
      return [`O${person.number}-${phone.slice(-2)}`, amount, phone, person.memberNo];
    }),
  );
  return { columns: ['order_no', 'amount', 'mobile', 'member_no'], rows };
}

function loginsOf(dice: Dice, people: Person[]): DemoTable {
  const rows = people
    .filter(() => dice.chance(0.7))
    .map((person): Row => {
      const phone = dice.chance(0.3) ? (person.phones.at(-1) as string) : null;
      return [untidy(dice, person.device), person.memberNo, phone];
    });
  return { columns: ['device', 'member_no', 'phone'], rows };
}

function newsletterOf(dice: Dice, people: Person[]): DemoTable {
  const rows = people
    .filter((person) => person.secondMail !== null || dice.chance(0.4))
    .map((person): Row => [untidy(dice, person.secondMail ?? person.mail), person.cookie]);
  return { columns: ['address', 'cookie'], rows };
}

function csvCell(cell: string | null): string {
  if (cell === null) return '';
  return /[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

async function writeCsv(file: string, table: DemoTable): Promise<void> {
  const lines = [table.columns, ...table.rows].map((row) => row.map(csvCell).join(','));
  await writeFile(file, `${lines.join('\n')}\n`);
}

async function writeParquet(file: string, table: DemoTable): Promise<void> {
  const text = (cell: string | null) => (cell === null ? 'NULL' : quoted(cell));
  const quoted = (value: string) => `'${value.replaceAll("'", "''")}'`;
  const rows = table.rows.map((row) => `(${row.map(text).join(', ')})`).join(', ');
  const values = `(VALUES ${rows}) AS t(${table.columns.join(', ')})`;
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    await connection.run(`COPY (FROM ${values}) TO ${quoted(file)} (FORMAT parquet)`);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Who is behind each ID that the tables hold. */
function truthOf(people: Person[]): DemoTruth {
  const personsOf: Record<string, number[]> = {};
  for (const person of people) {
    const mails = [person.mail, ...(person.secondMail === null ? [] : [person.secondMail])];
    const ids = [
      ...person.phones.map((phone) => `phone:${phone}`),
      ...mails.map((mail) => `email:${mail}`),
      `member_id:${person.memberNo}`,
      `idfa:${person.device}`,
      `cookie_id:${person.cookie}`,
    ];
    for (const id of ids) (personsOf[id] ??= []).push(person.number);
  }
  return { people: people.length, personsOf, fakePhone };
}

/**
 * Writes `customers.csv`, `orders.csv`, `app_logins.parquet`, `newsletter.parquet` and
 * `truth.json` into a folder, which is made when it is missing.
 */
export async function writeDemoData(folder: string): Promise<DemoTruth> {
  await mkdir(folder, { recursive: true });
  const dice = new Dice();
  const people: Person[] = [];
  for (let number = 0; number < peopleCount; number += 1) {
    people.push(makePerson(dice, number, people.at(-1)));
  }
  await writeCsv(path.join(folder, 'customers.csv'), customersOf(dice, people));
  await writeCsv(path.join(folder, 'orders.csv'), ordersOf(dice, people));
  await writeParquet(path.join(folder, 'app_logins.parquet'), loginsOf(dice, people));
  await writeParquet(path.join(folder, 'newsletter.parquet'), newsletterOf(dice, people));
  const truth = truthOf(people);
  await writeFile(path.join(folder, 'truth.json'), `${JSON.stringify(truth)}\n`);
  return truth;
}

function pairs(count: number): number {
  return (count * (count - 1)) / 2;
}

/** Counts how many times each key occurs. */
function countBy<T>(items: T[], keyOf: (item: T) => string | number): number[] {
  const counts = new Map<string | number, number>();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return [...counts.values()];
}

/**
 * Compares a result with the truth, by pairs of IDs. An ID that several people share counts for
 * the first of them; IDs that the truth does not know are not compared.
 * @param rows the rows of the output table
 */
export function scoreDemo(
  truth: DemoTruth,
  rows: { one_id: string; id_type: string; id_value: string }[],
): DemoScore {
  const known = rows.flatMap((row) => {
    const person = truth.personsOf[`${row.id_type}:${row.id_value}`]?.[0];
    return person === undefined ? [] : [{ person, oneId: row.one_id }];
  });
  const sum = (counts: number[]) => counts.reduce((total, count) => total + pairs(count), 0);
  const together = sum(countBy(known, (id) => id.oneId));
  const ofOnePerson = sum(countBy(known, (id) => id.person));
  const right = sum(countBy(known, (id) => `${id.person} ${id.oneId}`));
  return {
    users: new Set(rows.map((row) => row.one_id)).size,
    precision: together === 0 ? 1 : right / together,
    recall: ofOnePerson === 0 ? 1 : right / ofOnePerson,
  };
}
