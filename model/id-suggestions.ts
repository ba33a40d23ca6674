/** Which columns of a table look as if they held IDs of people, by their names and some values. */
import { z } from 'zod';

export const confidences = ['high', 'low'] as const;

export const columnSuggestionSchema = z.object({
  column: z.string(),
  type: z.string(),
  idType: z.string().nullable().meta({ description: 'Null: it does not look like an ID' }),
  confidence: z.enum(confidences).nullable(),
  byName: z.boolean().meta({ description: 'Whether the name of the column says so' }),
  values: z.number().int().meta({ description: 'Values that were looked at' }),
  matching: z
    .number()
    .int()
    .nullable()
    .meta({ description: 'How many of them have the form of that type; null: it has none' }),
});
export type ColumnSuggestion = z.infer<typeof columnSuggestionSchema>;

const hex = (digits: number) => new RegExp(`^[0-9a-f]{${digits}}$`, 'i');
const uuid = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

/** What values of a type look like; types that are not here have no form. */
const forms: Readonly<Record<string, RegExp>> = {
  email: /^[^\s@]+@[^\s@]+\.[^\s@]+$/,
  phone: /^\+?\(?\d[\d\s().-]{5,18}\d$/,
  phone_md5: hex(32),
  email_md5: hex(32),
  phone_sha256: hex(64),
  email_sha256: hex(64),
  idfa: uuid,
  idfv: uuid,
  gaid: uuid,
  uuid,
  imei: /^\d{14,16}$/,
  mac: /^(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i,
};

/** Forms that say by themselves what a value is. */
const tellingForms: readonly [idType: string, form: RegExp][] = [
  ['email', forms.email!],
  ['phone', /^(?:\+[1-9]\d{7,14}|(?:\+?86)?1[3-9]\d{9})$/],
  ['mac', forms.mac!],
  ['uuid', uuid],
];

/** Words in names of columns; the first rule that has all of its words counts. */
const names: readonly [idType: string, words: RegExp][] = [
  ['phone_md5', /(?=.*(?:phone|mobile|tel|手机))(?=.*md5)/],
  ['phone_sha256', /(?=.*(?:phone|mobile|tel|手机))(?=.*sha_?256)/],
  ['email_md5', /(?=.*(?:mail|邮箱))(?=.*md5)/],
  ['email_sha256', /(?=.*(?:mail|邮箱))(?=.*sha_?256)/],
  ['email', /mail|邮箱|邮件/],
  ['phone', /(?:^|_)(?:(?:tele|cell)?phone|mobile|tel|msisdn)(?:_|$)|手机|电话/],
  ['idfa', /(?:^|_)idfa(?:_|$)/],
  ['idfv', /(?:^|_)idfv(?:_|$)/],
  ['gaid', /(?:^|_)(?:gaid|advertising_id)(?:_|$)/],
  ['oaid', /(?:^|_)oaid(?:_|$)/],
  ['imei', /(?:^|_)imei(?:_|$)/],
  ['android_id', /(?:^|_)android_?id(?:_|$)/],
  ['mac', /(?:^|_)mac(?:_addr(?:ess)?)?$/],
  ['unionid', /(?:^|_)union_?id(?:_|$)/],
  ['openid', /(?:^|_)open_?id(?:_|$)/],
  ['cookie_id', /(?:^|_)cookie(?:_?id)?(?:_|$)/],
  ['device_id', /(?:^|_)device_?id(?:_|$)/],
  ['id_card', /(?:^|_)(?:id_card|identity_card|national_id)(?:_|$)|身份证/],
  ['passport', /(?:^|_)passport(?:_|$)|护照/],
  ['member_id', /(?:^|_)member(?:ship)?(?:_?(?:id|no|number|code))?$|会员/],
  ['user_id', /(?:^|_)(?:user_?id|uid)$|用户id/],
  ['customer_id', /(?:^|_)(?:customer|client|buyer)_?(?:id|no|number)$|客户(?:id|号)/],
  ['account_id', /(?:^|_)account_?(?:id|no|number)$|账号/],
];

/** Columns of these types hold no IDs, whatever they are called. */
const neverIds = /^(?:BOOLEAN|DATE|TIME|TIMESTAMP|INTERVAL|FLOAT|DOUBLE|DECIMAL|STRUCT|MAP)/i;

/** Fewer values say nothing. */
const fewest = 5;
/** Of its values, so many have the form of a column's type. */
const most = 0.8;
/** And of one that is another's, no more than so many. */
const least = 0.5;

/** @param rows some rows of the table, their values in the order of the columns */
export function suggestIdTypes(
  columns: readonly { name: string; type: string }[],
  rows: readonly (string | null)[][],
): ColumnSuggestion[] {
  return columns.map(({ name: column, type }, index) => {
    const values = rows.flatMap((row) => row[index]?.trim() || []);
    const found = neverIds.test(type) ? none : suggest(plainName(column), values);
    return { column, type, ...found, values: values.length };
  });
}

type Suggestion = Omit<ColumnSuggestion, 'column' | 'type' | 'values'>;

const none: Suggestion = { idType: null, confidence: null, byName: false, matching: null };

function suggest(name: string, values: readonly string[]): Suggestion {
  const named = names.find(([, words]) => words.test(name))?.[0] ?? null;
  if (named === null) return byValues(values);
  const form = forms[named];
  if (!form) return { idType: named, confidence: 'high', byName: true, matching: null };
  const matching = countMatching(values, form);
  const share = values.length < fewest ? null : matching / values.length;
  if (share !== null && share < least) return byValues(values);
  const confidence = share !== null && share >= most ? 'high' : 'low';
  return { idType: named, confidence, byName: true, matching };
}

/** E-mail addresses are never anything else; numbers of phones may be. */
function byValues(values: readonly string[]): Suggestion {
  if (values.length < fewest) return none;
  for (const [idType, form] of tellingForms) {
    const matching = countMatching(values, form);
    if (matching / values.length < most) continue;
    const confidence = idType === 'email' ? 'high' : 'low';
    return { idType, confidence, byName: false, matching };
  }
  return none;
}

function countMatching(values: readonly string[], form: RegExp): number {
  return values.filter((value) => form.test(value)).length;
}

/** `customerPhone`, `Customer Phone` and `Customer Phone #` become `customer_phone`. */
function plainName(column: string): string {
  return column
    .normalize('NFKC')
    .replace(/(\p{Ll}|\d)(\p{Lu})/gu, '$1_$2')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_|_$/g, '');
}
