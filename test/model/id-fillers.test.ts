/** Which IDs are taken for none. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fillerLists } from '../../model/id-fillers';
import { isFiller, normalizeId, rulesOf, type IdTypeRulesInput } from '../../model/id-rules';
import { normalizeText } from '../../model/id-text';

function isLeftOut(idType: string, raw: string, given?: IdTypeRulesInput): boolean {
  const rules = rulesOf(idType, given);
  const id = normalizeId(rules, raw);
  return id !== null && isFiller(rules, id);
}

describe('left out where nothing is set is', () => {
  it.each([
    ['member_id', 'Unknown'],
    ['member_id', ' NULL '],
    ['member_id', '\\N'],
    ['member_id', 'Ｎ／Ａ'],
    ['member_id', '未知'],
    ['member_id', '00000000000'],
    ['member_id', '--'],
    ['member_id', '?'],
    ['member_id', '3301**********1234'],
    ['idfa', '00000000-0000-0000-0000-000000000000'],
    ['mac', '02:00:00:00:00:00'],
    ['android_id', '9774D56D682E549C'],
    ['email', 'test@anything.org'],
    ['email', 'No-Reply@mail.org'],
    ['email', 'unknown'],
    ['email', 'a***@mail.org'],
    ['phone', '00000000000'],
    ['phone', '111-111-11'],
    ['phone', '+86 111 1111 1111'],
    ['phone', '123-456-789'],
    ['phone', '138****8000'],
    ['phone', 'none'],
  ])('the %s %j', (idType, raw) => {
    expect(isLeftOut(idType, raw)).toBe(true);
  });

  it.each([
    ['CN', '11111111111'],
    ['DE', '0123456789'],
    ['US', '1234567890'],
    ['US', '999-999-9999'],
  ])('in %s the phone %j', (region, raw) => {
    expect(isLeftOut('phone', raw, { region })).toBe(true);
  });
});

describe('not left out is', () => {
  it.each([
    ['member_id', '100000'],
    ['member_id', 'unknown-7'],
    ['member_id', '11111111'],
    ['member_id', 'test@mail.org'],
    ['idfa', 'aebe52e7-03ee-455a-b3c4-e57283966239'],
    ['email', 'ann.test@mail.org'],
    ['email', 'testa@mail.org'],
    ['email', 'ann@example.com'],
    ['email', 'noreply'],
    ['member_id', '0'],
    ['member_id', '0000'],
    ['phone', '0'],
    ['phone', '1111111'],
    ['phone', '12345678'],
    ['phone', '13800138000'],
    ['phone', '13811111111'],
    ['phone', '+12344444444'],
    ['phone', '0000123'],
    ['phone', '1380013800012'],
  ])('the %s %j', (idType, raw) => {
    expect(isLeftOut(idType, raw)).toBe(false);
  });
});

describe('own fillers', () => {
  const values = ['Dummy-*', '*.(x)', 'a_b%c', '0151 0000001', '*mid*dle*'];

  it.each([
    ['member_id', 'dummy-', true],
    ['member_id', 'DUMMY-1\n2', true],
    ['member_id', 'a dummy-1', false],
    ['member_id', 'Q.(X)', true],
    ['member_id', 'Q.x', false],
    ['member_id', 'a_b%c', true],
    ['member_id', 'axb-c', false],
    ['member_id', 'mid dle', true],
    ['member_id', 'dlemid', false],
  ])('of which `*` alone means more than itself: the %s %j', (idType, raw, expected) => {
    expect(isLeftOut(idType, raw, { fillers: { values } })).toBe(expected);
  });

  it('are read as the IDs of the type are', () => {
    const given = { region: 'DE', fillers: { values } };
    expect(isLeftOut('phone', '+49 151 0000001', given)).toBe(true);
    expect(isLeftOut('phone', '+49 151 0000002', given)).toBe(false);
  });

  it('leave the built-in ones as they are, unless those are switched off', () => {
    expect(isLeftOut('member_id', 'unknown', { fillers: { values } })).toBe(true);
    const own = { fillers: { builtIn: false, values } };
    expect(isLeftOut('member_id', 'unknown', own)).toBe(false);
    expect(isLeftOut('member_id', 'dummy-1', own)).toBe(true);
    expect(isLeftOut('member_id', 'unknown', { fillers: false })).toBe(false);
  });

  it('are all there are where the form is exact, and are then taken as they are', () => {
    const exact: IdTypeRulesInput = { form: 'exact', fillers: { values: ['N/A*'] } };
    expect(isLeftOut('member_id', 'unknown', exact)).toBe(false);
    expect(isLeftOut('member_id', 'N/A?', exact)).toBe(true);
    expect(isLeftOut('member_id', 'n/a?', exact)).toBe(false);
  });
});

describe('the lists of built-in fillers', () => {
  const { mailboxes, ...texts } = fillerLists;
  const all = Object.values(texts).flat();

  it('hold what normalised IDs look like, each once', () => {
    expect(all.map((text) => normalizeText(text, 'lower'))).toEqual(all);
    expect(new Set(all).size).toBe(all.length);
  });

  it('hold the hashes of nothing and of "null"', () => {
    const hashes = ['md5', 'sha1', 'sha256'].flatMap((algorithm) =>
      ['', 'null'].map((text) => createHash(algorithm).update(text).digest('hex')),
    );
    expect(fillerLists.ofTexts).toEqual(expect.arrayContaining(hashes));
  });

  it('are those that docs/id-mapping.md lists', () => {
    const docs = readFileSync(path.join(__dirname, '../../docs/id-mapping.md'), 'utf8');
    const section = docs.split('### Built-in fillers')[1]?.split(/\n##+ /)[0] ?? '';
    const rows = section.split('\n').filter((line) => line.startsWith('| '));
    const listed = rows.join().match(/`[^`]+`/g) ?? [];
    const written = [...all, ...mailboxes.map((mailbox) => `${mailbox}@*`)];
    expect(listed.map((text) => text.slice(1, -1)).toSorted()).toEqual(written.toSorted());
  });
});
