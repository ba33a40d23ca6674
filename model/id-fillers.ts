/** Texts that stand where an ID should be and name nobody, as expressions over lower-case texts. */
import type { IdForm } from './id-types';
import { callingCodes } from './numbering-plans';

/** In all forms but `exact`. */
const everywhere = listOf(`
  unknown, null, (null), [null], <null>, \\n, nil, none, nan, undefined, n/a, na, #n/a, #null!, -1
  not available, not applicable, not provided, not set, not specified, unspecified, no value, no
  empty, blank, missing, invalid, anonymous, guest, default, deleted, redacted, masked, true, false
  test, testing, dummy, sample, example, placeholder, tbd, xx, xxx, xxxx, xxxxx, xxxxxx, –, —, ——
  未知, 无, 無, 空, 无效, 暂无, 没有, 不详, 不明, 未填, 未填写, 匿名, 测试, 默认, 游客, [object object]
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

const ofEmails = listOf(`
  test@*, tests@*, testing@*, tester@*, unknown@*, none@*, no@*, null@*, nil@*, na@*, n/a@*
  undefined@*, anonymous@*, noemail@*, no-email@*, no_email@*, no.email@*, nomail@*, no-mail@*
  noreply@*, no-reply@*, no_reply@*, donotreply@*, do-not-reply@*, example@*, dummy@*, fake@*
  default@*, invalid@*, asdf@*, xxx@*, a@a.*, aa@aa.*, aaa@aaa.*, abc@abc.*, x@x.*, 1@1.*, 123@123.*
  *@example.com, *@example.org, *@example.net, *.example.com, *.example.org, *.example.net
  *@test.com, *@none.com, *@noemail.com, *@nomail.com, *@localhost, *.invalid, *.example, *.test
`);

/** Also behind a `+` or a country code. */
const ofPhones = listOf(`
  12345, 123456, 1234567, 12345678, 123456789, 1234567890, 12345678901, 12345678910
  0123456789, 01234567890, 987654321, 9876543210, 0987654321, 13800138000, 13800000000
`);

/** One digit five times or more, or one of the texts. */
function fillerPhones(): string {
  const repeated = Array.from({ length: 10 }, (_, digit) => `${digit}{5,}`);
  const code = `\\+(?:${callingCodes.join('|')})?`;
  return `(?:${code})?(?:${[...repeated, ...ofPhones].join('|')})`;
}

const zerosAndPunctuation = '[ -0:-@\\[-`{-~]+';
/** As in 138****8000, which many people share. */
const masked = '.*\\*\\*.*';

const expressionsEverywhere = [...everywhere.map(expressionOf), zerosAndPunctuation, masked];

/** The built-in fillers of each form. */
export const builtInFillers: Record<IdForm, readonly string[]> = {
  text: [...expressionsEverywhere, ...ofTexts.map(expressionOf)],
  email: [...expressionsEverywhere, ...ofEmails.map(expressionOf)],
  phone: [...expressionsEverywhere, fillerPhones()],
  exact: [],
};

/** The lists for who reads of them. */
export const fillerLists = { everywhere, ofTexts, ofEmails, ofPhones };

/** An expression, for JavaScript and for RE2, of the texts that a filler means; `*` is any text. */
export function expressionOf(filler: string): string {
  return filler
    .split('*')
    .map((part) => part.replace(/[\\^$.+?()[\]{}|]/g, '\\$&'))
    .join('.*');
}

/** With more, RE2 leaves its fast way: it took 500 times as long. */
const longestExpression = 4_000;

/** The same in few expressions, each to be held against a whole text. */
export function joinExpressions(expressions: readonly string[]): string[] {
  const joined: string[] = [];
  for (const expression of expressions) {
    const last = joined.at(-1);
    const fits = last !== undefined && last.length + expression.length < longestExpression;
    if (fits) joined[joined.length - 1] = `${last}|${expression}`;
    else joined.push(expression);
  }
  return joined;
}

function listOf(text: string): string[] {
  return text.trim().split(/\s*[,\n]\s*/);
}
