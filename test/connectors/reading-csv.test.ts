import { gzipSync } from 'node:zlib';
import iconv from 'iconv-lite';
import { openConnection } from '../../connectors';
import type { Connection } from '../../connectors/connector';
import { readTable, Sandbox } from './support/sandbox';

let sandbox: Sandbox;
let connection: Connection;

beforeEach(() => {
  sandbox = new Sandbox();
  const config = { path: sandbox.root };
  connection = openConnection({ type: 'files', config }, sandbox.context);
});
afterEach(() => sandbox.remove());

/** Writes the file and reads all its columns. */
async function read(name: string, content: string | Buffer) {
  sandbox.write(name, content);
  const ref = { schema: 'main', table: name.replace(/\.(csv|tsv)(\.gz)?$/i, '') };
  const columns = (await connection.describeTable(ref)).map((column) => column.name);
  return { columns, rows: await readTable(connection, sandbox, ref, columns) };
}

const phones = {
  columns: ['id', 'phone', 'note'],
  rows: [
    ['1', '0138', 'a,b'],
    ['2', '0139', null],
  ],
};

describe('a CSV file is read whatever its dialect', () => {
  it.each([
    ['commas', 'id,phone,note\n1,0138,"a,b"\n2,0139,\n'],
    ['semicolons', 'id;phone;note\n1;0138;a,b\n2;0139;\n'],
    ['tabs', 'id\tphone\tnote\n1\t0138\ta,b\n2\t0139\t\n'],
    ['pipes', 'id|phone|note\n1|0138|a,b\n2|0139|\n'],
    ['every cell quoted', '"id","phone","note"\n"1","0138","a,b"\n"2","0139",""\n'],
    ['single quotes', "'id','phone','note'\n'1','0138','a,b'\n'2','0139',''\n"],
    ['CRLF line ends', 'id,phone,note\r\n1,0138,"a,b"\r\n2,0139,\r\n'],
    ['CR line ends', 'id,phone,note\r1,0138,"a,b"\r2,0139,\r'],
    ['line ends of two kinds', 'id,phone,note\r\n1,0138,"a,b"\n2,0139,\r\n'],
    ['no line end at the end', 'id,phone,note\n1,0138,"a,b"\n2,0139,'],
    ['a byte order mark', '\ufeffid,phone,note\n1,0138,"a,b"\n2,0139,\n'],
    ['blanks around the header', ' id , phone,note \n1,0138,"a,b"\n2,0139,\n'],
    ['empty lines', 'id,phone,note\n\n1,0138,"a,b"\n\n2,0139,\n\n'],
  ])('with %s', async (_, content) => {
    await expect(read('people.csv', content)).resolves.toEqual(phones);
  });

  it('with quotes and line breaks inside quotes', async () => {
    const { rows } = await read('people.csv', 'id,note\n1,"say ""hi"", then\nleave"\n');
    expect(rows).toEqual([['1', 'say "hi", then\nleave']]);
  });

  it('with quotes escaped by backslashes', async () => {
    const { rows } = await read('people.csv', 'id,note\n1,"say \\"hi\\", then"\n');
    expect(rows).toEqual([['1', 'say "hi", then']]);
  });

  it('without a header line, naming its columns by their place', async () => {
    const content = '1,13800000000,a@example.com\n2,13900000000,b@example.com\n';
    const { columns, rows } = await read('people.csv', content);
    expect(columns).toEqual(['column0', 'column1', 'column2']);
    expect(rows).toHaveLength(2);
  });

  it('with header cells that are empty or there twice', async () => {
    const { columns, rows } = await read('people.csv', ',phone,Phone,phone_1\n0,1,2,3\n');
    expect(columns).toEqual(['column0', 'phone', 'Phone_1', 'phone_1_1']);
    expect(rows).toEqual([['0', '1', '2', '3']]);
  });

  it('with one column only', async () => {
    await expect(read('people.csv', 'phone\n0138\n')).resolves.toEqual({
      columns: ['phone'],
      rows: [['0138']],
    });
  });

  it('with a header and no rows', async () => {
    await expect(read('people.csv', 'id,phone')).resolves.toEqual({
      columns: ['id', 'phone'],
      rows: [],
    });
  });

  it('as .tsv with commas in its values', async () => {
    const { columns, rows } = await read('people.tsv', 'name\tcity\nMoe, Al\tRome, Italy\n');
    expect(columns).toEqual(['name', 'city']);
    expect(rows).toEqual([['Moe, Al', 'Rome, Italy']]);
  });

  it('packed with gzip', async () => {
    const packed = gzipSync('id,phone,note\n1,0138,"a,b"\n2,0139,\n');
    await expect(read('people.csv.gz', packed)).resolves.toEqual(phones);
  });

  it.each(['data[1].csv', 'data*.csv', 'data?.csv', '客户 "表", o\'clock.csv'])(
    'under the name %s, which is no pattern',
    async (name) => {
      sandbox.write('data1.csv', 'wrong\n1\n');
      const { rows } = await read(name, 'id,phone\n1,0138\n');
      expect(rows).toEqual([['1', '0138']]);
    },
  );
});

const chinese = '姓名,手机,城市\n张伟,013800000000,北京\n李娜,13900000000,上海\n欧阳娜娜,1,广州\n';
const japanese = '名前,電話\n田中太郎,0901\n佐藤花子,0802\nスズキ,0703\n';
const german = 'Name,Straße\nMüller,Köln\nJürgen Groß,München\n';
const russian = 'имя,город\nИван,Москва\nОльга,Киев\n';

describe('a CSV file is read whatever its encoding', () => {
  it.each([
    ['utf-8', chinese],
    ['utf-16le', chinese],
    ['utf-16be', chinese],
    ['gbk', chinese],
    ['gb18030', `${chinese}𠮷野,2,杭州\n`],
    ['shift_jis', japanese],
    ['windows-1252', german],
    ['latin1', 'prénom,ville\nHélène,Besançon\nFrançois,Orléans\n'],
    ['windows-1251', russian],
    ['windows-1250', 'jméno,město\nJiří,Plzeň\nŽofie,Příbram\n'],
    ['big5', '姓名,手機\n張偉,13800000000\n李娜,13900000000\n'],
  ])('%s', async (encoding, text) => {
    const { columns, rows } = await read('people.csv', iconv.encode(text, encoding));
    const [header = '', ...lines] = text.trim().split('\n');
    expect(columns).toEqual(header.split(','));
    expect(rows).toEqual(lines.map((line) => line.split(',')));
  });

  it.each(['utf-16le', 'utf-16be'])('%s with a byte order mark', async (encoding) => {
    const { columns } = await read('people.csv', iconv.encode(`\ufeff${chinese}`, encoding));
    expect(columns).toEqual(['姓名', '手机', '城市']);
  });

  it.each([
    ['one', 'b,c\nB\x002,C2\n', [['B\x002', 'C2']]],
    ['one at the end of', 'b,c\nB2\0,C2\n', [['B2\0', 'C2']]],
    ['some in every line of', `b,c\n${'B\x002,C2\n'.repeat(9)}`, Array(9).fill(['B\x002', 'C2'])],
    [
      'one at the end of every line of',
      `b,c\n${'B2,C2\0\n'.repeat(9)}`,
      Array(9).fill(['B2', 'C2\0']),
    ],
    ['one in the only line of', 'b\0b,c', []],
  ])('utf-8 with a NUL in a value, %s a short text', async (_, text, expected) => {
    const { columns, rows } = await read('people.csv', text);
    expect(columns[1]).toBe('c');
    expect(rows).toEqual(expected);
  });

  it.each(['utf-16le', 'utf-16be'])('%s whose lines are long and Chinese', async (encoding) => {
    const line = ['欧阳娜娜', '上海市', '一二三四五六七八九十'];
    const text = `姓名,城市,备注\n${`${line.join(',')}\n`.repeat(50)}`;
    const { rows } = await read('people.csv', iconv.encode(text, encoding));
    expect(rows).toEqual(Array(50).fill(line));
  });

  it.each(['gbk', 'utf-8', 'shift_jis'])(
    '%s that shows only after a megabyte of ASCII',
    async (encoding) => {
      const ascii = `id,name\n${'1,somebody\n'.repeat(150_000)}`;
      const late = encoding === 'shift_jis' ? '2,スズキ花子\n' : '2,欧阳娜娜\n';
      const { rows } = await read('people.csv', iconv.encode(ascii + late, encoding));
      expect(rows).toHaveLength(150_001);
      expect(rows).toContainEqual(late.trim().split(','));
    },
  );

  it('with letters that the edges of the chunks cut in two', async () => {
    const text = `x,name\n${'1,欧阳娜娜\n'.repeat(200_000)}`;
    for (const encoding of ['utf-8', 'gbk', 'utf-16le']) {
      const { rows } = await read(`cut-${encoding}.csv`, iconv.encode(text, encoding));
      expect(new Set(rows.map((row) => row[1]))).toEqual(new Set(['欧阳娜娜']));
      expect(rows).toHaveLength(200_000);
    }
  });
});
