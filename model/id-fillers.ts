/** Texts that stand where an ID should be and name nobody, as expressions over lower-case texts. */
import type { IdForm } from './id-types';
import { callingCodes } from './numbering-plans';

/** What is held against an ID in lower case (against one of `exact` as it is). */
export interface Fillers {
  /** Whole texts. */
  words: readonly string[];
  /** What stands before the `@` of an e-mail address. */
  mailboxes: readonly string[];
  /** What stands anywhere in a text; holds no letters. */
  parts: readonly string[];
  /** Expressions of whole texts, for JavaScript and for RE2. */
  expressions: readonly string[];
}

/** In all forms but `exact`. */
const everywhere = listOf(`
  unknown, null, (null), [null], <null>, \\n, nil, none, nan, undefined, n/a, na, #n/a, #null!
  not available, not applicable, not provided, not set, not specified, unspecified, no value, no
  empty, blank, missing, invalid, anonymous, deleted, redacted, test, testing, dummy, placeholder
  未知, 无, 無, 空, 无效, 暂无, 没有, 不详, 不明, 未填, 未填写, 匿名, 测试, [object object]
  なし, 없음, unbekannt, keine, inconnu, aucun, desconocido, ninguno, нет, неизвестно
`);

/** What devices and hashes are where there is nothing to tell. */
const ofTexts = listOf(`
  02:00:00:00:00:00, ff:ff:ff:ff:ff:ff, ffffffff-ffff-ffff-ffff-ffffffffffff
  9774d56d682e549c, 004999010640000
  d41d8cd98f00b204e9800998ecf8427e, 37a6259cc0c1dae299a7866489dff0bd
  da39a3ee5e6b4b0d3255bfef95601890afd80709, 2be88ca4242c76e8253ac62474851065032d6833
  e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
  74234e98afe7498fb5daf1f36ac2d78acc339464f950703b8c019892f982b90b
`);

const mailboxes = listOf(`
  test, tests, testing, tester, unknown, none, null, nil, n/a, undefined, anonymous
  noemail, no-email, no_email, no.email, nomail, no-mail, noreply, no-reply, no_reply
  donotreply, do-not-reply
`);

/** Also behind a `+` or a country code. */
const ofPhones = listOf(`
  123456789, 1234567890, 12345678901, 12345678910, 0123456789, 01234567890
  987654321, 9876543210, 0987654321
`);

/** Zeros, or one digit eight times or more, or one of the texts. */
function fillerPhones(): string {
  const repeated = Array.from({ length: 9 }, (_, digit) => `${digit + 1}{8,}`);
  const code = `\\+(?:${callingCodes.join('|')})?`;
  return `(?:${code})?(?:${['0{5,}', ...repeated, ...ofPhones].join('|')})`;
}

const punctuation = '[!-/:-@\\[-`{-~]+';
/** Five of them at least, as in 00000000-0000-…; a lone 0 may be a number like any other. */
const zeros = '(?:0[-:. ]?){5,}';
/** As in 138****8000, which many people share. */
const masked = '**';
const expressions = [punctuation, zeros];
const parts = [masked];

/** The built-in fillers of each form. */
export const builtInFillers: Record<IdForm, Fillers> = {
  text: { words: [...everywhere, ...ofTexts], mailboxes: [], parts, expressions },
  email: { words: everywhere, mailboxes, parts, expressions },
  phone: { words: everywhere, mailboxes: [], parts, expressions: [...expressions, fillerPhones()] },
  exact: { words: [], mailboxes: [], parts: [], expressions: [] },
};

/** The lists for who reads of them. */
export const fillerLists = { everywhere, ofTexts, mailboxes, ofPhones };

/** An expression, for JavaScript and for RE2, of the texts that a filler means; `*` is any text. */
export function expressionOf(filler: string): string {
  return filler
    .split('*')
    .map((part) => part.replace(/[\\^$.+?()[\]{}|]/g, '\\$&'))
    .join('.*');
}

function listOf(text: string): string[] {
  return text.trim().split(/\s*[,\n]\s*/);
}
