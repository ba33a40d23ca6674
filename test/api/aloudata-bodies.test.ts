/** Bodies of Aloudata's two calls: what is taken, and what is refused by which name. */
import { gzipSync } from 'node:zlib';
import { listen } from '../../api/main';
import {
  bothCalls,
  byRange,
  byTime,
  call,
  goodBody,
  goodHeaders,
  pointsBody,
  rangeBody,
  refusalIn,
  taken,
} from '../support/aloudata';
import { rawSocket } from '../support/raw-socket';
import { settings, testApi } from '../support/test-api';

/** Sends a body that is wrong. @returns the message */
async function refused(path: string, body: unknown, status = 400): Promise<string> {
  const api = testApi();
  const message = refusalIn(await call(api, path, { body }), status);
  expect(taken(api)).toEqual([]);
  return message;
}

const without = (path: string, field: string): object => {
  const { [field]: _left, ...rest } = goodBody(path);
  return rest;
};

test.each([
  [byTime, 'tableName'],
  [byTime, 'tenantId'],
  [byTime, 'scheduleTimes'],
  [byRange, 'tableName'],
  [byRange, 'tenantId'],
  [byRange, 'startTime'],
  [byRange, 'endTime'],
])(
  'AC-12, AC-13, AC-14, AC-19, AC-20, AC-21, AC-22: %s without %s is refused by that name',
  async (path, field) => {
    const message = await refused(path, without(path, field));
    expect(message).toContain(`\`${field}\` in the body: it is missing`);
  },
);

test('AC-12, AC-19: names of one, two, three and more parts are taken, and kept as they were sent', async () => {
  const names = ['FACT_SALES', 'sales.FACT_SALES', 'default_catalog.sales.FACT_SALES'];
  for (const tableName of [...names, 'a.b.c.d', '目录.库.表', ' a.b.c ']) {
    const api = testApi();
    for (const path of bothCalls) {
      const answer = await call(api, path, { body: { ...goodBody(path), tableName } });
      expect(answer.status).toBe(200);
    }
    const tables = taken(api).map(([sent]) => (sent as { table: string }).table);
    expect(tables).toEqual([tableName, tableName]);
  }
});

test.each([[7], [''], ['  '], [null], [['a.b.c']], ['x'.repeat(256)], ['a\0b'], ['a\ud800']])(
  'AC-12, AC-19: %j is no name of a table',
  async (tableName) => {
    for (const path of bothCalls) {
      expect(await refused(path, { ...goodBody(path), tableName })).toContain('`tableName`');
    }
  },
);

test('AC-28: a tenant in the body other than that of the header is refused, and nothing is triggered', async () => {
  for (const path of bothCalls) {
    for (const tenantId of ['other', 'Default', '', ' default', 7]) {
      const message = await refused(path, { ...goodBody(path), tenantId });
      expect(message).toContain('`tenantId`');
    }
    expect(await refused(path, { ...goodBody(path), tenantId: 'other' })).toContain('`tenant-id`');
  }
});

const noTimes = [
  ...['2026-01-20T00:00:00', '2026-02-30 00:00:00', '2025-02-29 00:00:00', '2026-13-01 00:00:00'],
  ...['2026-01-00 00:00:00', '2026-01-20 24:00:00', '2026-01-20 00:60:00', '2026-01-20 23:59:60'],
  ...['2026-01-20 00:00', '2026-01-20', '2026-1-20 00:00:00', '20260120000000', ''],
  ...['2026-01-20 00:00:00Z', '2026-01-20 00:00:00+08:00', '2026-01-20 00:00:00.000'],
  ...[
    '2026-01-20  00:00:00',
    ' 2026-01-20 00:00:00',
    '2026-01-20 00:00:00\n',
    '２０２６-01-20 00:00:00',
  ],
];

test.each(noTimes)('AC-14, AC-21, AC-22: %j is no schedule time in any field', async (time) => {
  const scheduleTimes = [...pointsBody.scheduleTimes, time];
  const message = await refused(byTime, { ...pointsBody, scheduleTimes });
  expect(message).toMatch(/^`scheduleTimes\[2\]` in the body: .*(?:HH:mm:ss|no such day)/);
  for (const field of ['startTime', 'endTime']) {
    const inRange = await refused(byRange, { ...rangeBody, [field]: time });
    expect(inRange).toContain(`\`${field}\` in the body: `);
  }
});

test('AC-14: real times at the edges of calendar and day are taken', async () => {
  const api = testApi();
  const scheduleTimes = ['2024-02-29 00:00:00', '2000-02-29 23:59:59', '2026-12-31 23:59:59'];
  expect((await call(api, byTime, { body: { ...pointsBody, scheduleTimes } })).status).toBe(200);
  expect(taken(api)).toMatchObject([[{ times: scheduleTimes }, {}]]);
});

test.each([
  ['2026-01-20 00:00:00', 'it must be a list'],
  [{ 0: '2026-01-20 00:00:00' }, 'it must be a list'],
  [null, 'it must be a list'],
  [[], 'at least one time is needed'],
])('AC-14: scheduleTimes of %j are refused', async (scheduleTimes, why) => {
  const message = await refused(byTime, { ...pointsBody, scheduleTimes });
  expect(message).toBe(`\`scheduleTimes\` in the body: ${why}`);
});

test('AC-14: elements that are no text are refused by their place', async () => {
  const scheduleTimes = [1768867200000, null, ['2026-01-20 00:00:00']];
  const message = await refused(byTime, { ...pointsBody, scheduleTimes });
  for (const index of [0, 1, 2]) expect(message).toContain(`\`scheduleTimes[${index}]\`: `);
});

test('AC-27: a start later than the end is refused by name; one at the end is taken', async () => {
  const { startTime: endTime, endTime: startTime } = rangeBody;
  expect(await refused(byRange, { ...rangeBody, startTime, endTime })).toBe(
    '`startTime` in the body: it is later than `endTime`',
  );
  const api = testApi();
  await call(api, byRange, { body: { ...rangeBody, startTime, endTime: startTime } });
  expect(taken(api)).toMatchObject([[{ times: { startTime, endTime: startTime } }, {}]]);
});

test('AC-32: several fields that are wrong are all named, with what is wrong', async () => {
  const points = await refused(byTime, { tableName: 7, tenantId: 'x', scheduleTimes: ['soon'] });
  for (const name of ['tableName', 'tenantId', 'scheduleTimes[0]']) {
    expect(points).toContain(`\`${name}\`: `);
  }
  const swapped = { startTime: rangeBody.endTime, endTime: rangeBody.startTime };
  const range = await refused(byRange, { tableName: '', tenantId: null, ...swapped });
  for (const name of ['tableName', 'tenantId', 'startTime'])
    expect(range).toContain(`\`${name}\`: `);
});

test('AC-32: of many wrong times the first are named, and how many more there are', async () => {
  const scheduleTimes = Array.from({ length: 100_000 }, () => 'soon');
  const message = await refused(byTime, { ...pointsBody, scheduleTimes });
  expect(message).toContain('`scheduleTimes[19]`: ');
  expect(message).toMatch(/; and 99980 more$/);
  expect(message.length).toBeLessThan(4000);
});

test('100,000 times are taken in one call, indented too', async () => {
  const api = testApi();
  const scheduleTimes = Array.from({ length: 100_000 }, (_, index) =>
    new Date(Date.UTC(2026, 0, 1, index)).toISOString().slice(0, 19).replace('T', ' '),
  );
  const body = JSON.stringify({ ...pointsBody, scheduleTimes }, null, 8);
  expect(body.length).toBeGreaterThan(3_000_000);
  expect((await call(api, byTime, { body })).status).toBe(200);
  expect(taken(api)).toMatchObject([[{ times: scheduleTimes }, {}]]);
});

test('more than 100,000 times are refused by the name of field and limit, whatever they are', async () => {
  for (const [length, time] of [
    [100_001, pointsBody.scheduleTimes[0]],
    [3_000_000, 0],
  ] as const) {
    const scheduleTimes = Array.from({ length }, () => time);
    expect(await refused(byTime, { ...pointsBody, scheduleTimes })).toBe(
      '`scheduleTimes` in the body: at most 100000 times are allowed',
    );
  }
});

test('a body over 8 MiB is refused before it is read, by its limits', async () => {
  const message = await refused(byTime, { ...pointsBody, more: 'x'.repeat(8 * 2 ** 20) }, 413);
  expect(message).toContain('8 MiB');
  expect(message).toContain('`scheduleTimes` at most 100000 times');
});

test('fields that are not known are ignored, whatever they are', async () => {
  const api = testApi();
  const more = {
    operator: 'x',
    scheduleTime: 1,
    startTime: null,
    nested: [[[{}]]],
    constructor: 1,
  };
  expect((await call(api, byTime, { body: { ...more, ...pointsBody } })).status).toBe(200);
  const deep = `{"__proto__":{"tableName":1},"deep":${'['.repeat(100_000)}${']'.repeat(100_000)},`;
  const body = deep + JSON.stringify(pointsBody).slice(1);
  expect((await call(api, byTime, { body })).status).toBe(200);
});

test.each([['[]'], ['null'], ['"a"'], ['7'], ['[{}]']])(
  'AC-32: %s is JSON but no object, and is refused',
  async (body) => {
    expect(await refused(byTime, body)).toBe('The body: it must be an object');
  },
);

test.each([
  ['{'],
  ['tableName=a.b.c&tenantId=default'],
  ['{"a":1}}'],
  ["{'tableName':'a'}"],
  [' '],
])('AC-32: %s is no JSON, and is refused', async (body) => {
  expect(await refused(byTime, body)).toMatch(/^The body is not JSON: ./);
});

interface Sent {
  type?: string;
  encoding?: string;
  bytes: Buffer;
}

/** Sends bytes as they are. @returns the answer */
async function sendBytes({ type, encoding, bytes }: Sent) {
  const api = testApi();
  const server = await listen(api.app, settings);
  const { socket, ended, write } = await rawSocket(server.url);
  const headers = {
    ...goodHeaders,
    ...{ host: 'x', connection: 'close', 'content-length': String(bytes.length) },
    ...(type === undefined ? {} : { 'content-type': type }),
    ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
  };
  const lines = Object.entries(headers).map((pair) => pair.join(': '));
  write([`POST ${byTime} HTTP/1.1`, ...lines, '', ''].join('\r\n'));
  socket.write(bytes);
  const [head = '', text = ''] = (await ended()).split('\r\n\r\n');
  await server.close();
  const tables = taken(api).map(([sent]) => (sent as { table: string }).table);
  return { status: Number(head.split(' ')[1]), text, tables };
}

const tableName = '目录.销售.事实表';
const text = JSON.stringify({ ...pointsBody, tableName });
const utf8 = Buffer.from(text);
const gbk = Buffer.concat([
  Buffer.from('{"tableName":"a.b.'),
  Buffer.from([0xb1, 0xed]),
  Buffer.from(
    `",${JSON.stringify(pointsBody)
      .slice(1)
      .replace(/"tableName":"[^"]*",/, '')}`,
  ),
]);
const utf16 = Buffer.from(text, 'utf16le');
const mark = (bytes: number[], rest: Buffer): Buffer => Buffer.concat([Buffer.from(bytes), rest]);

test.each<[string, string | undefined, Buffer]>([
  ['no content type', undefined, utf8],
  ['an empty content type', '', utf8],
  ['a form', 'application/x-www-form-urlencoded', utf8],
  ['a form in UTF-8', 'application/x-www-form-urlencoded; charset=UTF-8', utf8],
  ['parts of a form', 'multipart/form-data; boundary=x', utf8],
  ['text', 'text/plain', utf8],
  ['JSON', 'application/json', utf8],
  ['JSON in utf8', 'application/json;charset=utf8', utf8],
  ['JSON in "UTF-8"', 'application/json; charset="UTF-8"', utf8],
  ['JSON of a vendor', 'application/vnd.aloudata+json', utf8],
  ['UTF-8 that is called Latin 1', 'text/plain; charset=ISO-8859-1', utf8],
  ['UTF-8 that is called something else', 'text/plain; charset=klingon', utf8],
  ['no type that is one', ';;;', utf8],
  ['UTF-8 with its mark', 'application/json', mark([0xef, 0xbb, 0xbf], utf8)],
  ['UTF-16', 'application/json; charset=utf-16le', utf16],
  ['UTF-16 with its mark', 'application/json', mark([0xff, 0xfe], utf16)],
  ['UTF-16 the other way round', undefined, mark([0xfe, 0xff], Buffer.from(utf16).swap16())],
])('AC-11: a body of %s is read as JSON', async (_case, type, bytes) => {
  const answer = await sendBytes({ type, bytes });
  expect([answer.status, answer.tables]).toEqual([200, [tableName]]);
});

test('AC-11: a body in a charset that it names is read so', async () => {
  const answer = await sendBytes({ type: 'application/json; charset=GBK', bytes: gbk });
  expect([answer.status, answer.tables]).toEqual([200, ['a.b.表']]);
});

test('a body that is in no charset it could be is refused', async () => {
  for (const type of ['application/json', 'application/json; charset=klingon']) {
    const answer = await sendBytes({ type, bytes: gbk });
    expect(refusalIn(answer, 415)).toContain('neither UTF-8');
    expect(answer.tables).toEqual([]);
  }
});

test('a body that is packed is unpacked; one that cannot be is refused', async () => {
  const type = 'application/json';
  expect((await sendBytes({ type, encoding: 'gzip', bytes: gzipSync(utf8) })).status).toBe(200);
  const bomb = gzipSync(Buffer.alloc(2 ** 24, 0x20));
  refusalIn(await sendBytes({ type, encoding: 'gzip', bytes: bomb }), 413);
  refusalIn(await sendBytes({ type, encoding: 'gzip', bytes: utf8 }), 400);
  refusalIn(await sendBytes({ type, encoding: 'klingon', bytes: utf8 }), 415);
});

test('no body at all is refused', async () => {
  const answer = await sendBytes({ bytes: Buffer.alloc(0) });
  expect(refusalIn(answer, 400)).toBe('The body is not JSON: it is empty');
});
