/**
 * Which columns hold data about people: told by the name of the column, by its comment and by some
 * of its values, which are looked at and not kept. Libphonenumber stands behind this: nothing that
 * workflows import imports it.
 */
import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import {
  isCardNumber,
  isChineseResidentId,
  isIban,
  isUnifiedSocialCreditCode,
  isUsSocialSecurityNumber,
} from './checksums';
import type { ColumnClass, ColumnClassification } from './classify-schema';

interface Rule {
  class: ColumnClass;
  /** Words in the name of a column, plainly written, or in its comment. */
  words: RegExp;
  /** Words of names that mean something else, though the former are in them. */
  notWords?: RegExp;
  /** Null: values do not tell it. */
  matches: ((text: string) => boolean) | null;
  /**
   * How sure the values alone are when all of them match: a check digit says more than a form.
   */
  byValues: number;
}

const rules: readonly Rule[] = [
  {
    class: 'email',
    words: /(?:^|_)(?:e_?mail|mail)(?:s|_?addr(?:ess)?)?(?:_|$)|邮箱|电子邮件/,
    matches: (text) => /^[^\s@,;]+@[^\s@.,;]+(?:\.[^\s@.,;]+)+$/.test(text),
    byValues: 0.98,
  },
  {
    class: 'phone',
    words:
      /(?:^|_)(?:(?:tele|cell|home|work)?_?phones?|mobiles?|tel|msisdn|cell(?:ular)?|fax)(?:_?(?:no|num|number))?(?:_|$)|手机|电话|联系方式/,
    notWords: /(?:^|_)(?:md5|sha\d*|type|model|brand|os)(?:_|$)/,
    matches: isPhoneNumber,
    byValues: 0.7,
  },
  {
    class: 'identityNumber',
    words:
      /(?:^|_)(?:id_?card|identity(?:_?(?:card|no|num|number))|national_?id|ssn|social_security|cert_?no|resident_id|passport)(?:_?(?:no|num|number))?(?:_|$)|身份证|证件号/,
    matches: (text) => isChineseResidentId(text) || isUsSocialSecurityNumber(text),
    byValues: 0.97,
  },
  {
    class: 'cardNumber',
    words:
      /(?:^|_)(?:(?:credit|debit|bank|payment)_?card|card_?(?:no|num|number)|pan|cc_?(?:no|num|number))(?:_|$)|银行卡|信用卡|卡号/,
    notWords: /(?:^|_)(?:type|name|expiry|status)(?:_|$)/,
    matches: isCardNumber,
    byValues: 0.85,
  },
  {
    class: 'bankAccount',
    words: /(?:^|_)(?:iban|bank_?account(?:_?(?:no|num|number))?)(?:_|$)|银行账号|银行账户/,
    matches: isIban,
    byValues: 0.97,
  },
  {
    class: 'organisationCode',
    words: /(?:^|_)(?:uscc|credit_code|org(?:anisation|anization)?_code)(?:_|$)|统一社会信用代码/,
    matches: isUnifiedSocialCreditCode,
    byValues: 0.95,
  },
  {
    class: 'ipAddress',
    words:
      /(?:^|_)(?:(?:client|remote|source|src|dst|login|last)_?)?ip(?:_?v[46])?(?:_?addr(?:ess)?)?(?:_|$)|ip地址/,
    matches: isIpAddress,
    byValues: 0.95,
  },
  {
    class: 'address',
    words:
      /(?:^|_)(?:(?:street|home|postal|shipping|billing|mailing|delivery)_?)?addr(?:ess)?(?:_?line)?_?\d?(?:_|$)|(?:^|_)street(?:_|$)|地址|住址/,
    notWords: /(?:^|_)(?:e?_?mail|ip|mac|host|web|url|wallet|memory)(?:_|$)/,
    matches: isAddress,
    byValues: 0.6,
  },
  {
    class: 'personName',
    words:
      /(?:^|_)(?:(?:first|last|full|given|family|middle|real|customer|person|contact|employee|member|patient|owner|buyer|recipient|receiver)_?name|surname)(?:_|$)|姓名|联系人|收货人/,
    matches: isChineseName,
    byValues: 0.4,
  },
];

/** Below this nothing is said. */
const leastConfidence = 0.3;
/** Fewer values tell only together with the name. */
const fewestValues = 5;
/** More say nothing new. */
const mostValues = 1_000;
/** A column of which fewer values match is not of the class by its values. */
const leastShare = 0.5;
/** Of the name alone, where there are no values to look at. */
const byNameAlone = 0.6;

export interface ClassifiedColumn {
  name: string;
  type: string;
  comment: string | null;
}

/** Columns of these types hold none of it, whatever they are called. */
const neverPersonal =
  /^(?:bool|date|time|interval|float|double|real|decimal\(\d+, *[1-9]|numeric\(\d+, *[1-9]|blob|bytea|json|struct|map)/i;

/**
 * @param values some of the column's; null and blank ones say nothing
 * @returns the classes that it may be of, the most likely first
 */
export function classifyColumn(
  { name, type, comment }: ClassifiedColumn,
  values: readonly (string | null)[],
): ColumnClassification[] {
  if (neverPersonal.test(type)) return [];
  const texts = values.flatMap((value) => value?.trim() || []).slice(0, mostValues);
  const plainly = plainName(name);
  return rules
    .map((rule) => judge(rule, plainly, comment, texts))
    .filter(({ confidence }) => confidence >= leastConfidence)
    .toSorted((one, other) => other.confidence - one.confidence);
}

function judge(
  rule: Rule,
  name: string,
  comment: string | null,
  texts: readonly string[],
): ColumnClassification {
  const excluded = rule.notWords?.test(name) ?? false;
  const byName = rule.words.test(name) && !excluded;
  const byComment = comment !== null && rule.words.test(plainName(comment)) && !excluded;
  const share = shareOf(rule, texts);
  const byValues = share !== null && share >= leastShare;
  const named = byName ? byNameAlone : byComment ? byNameAlone - 0.1 : 0;
  return {
    class: rule.class,
    confidence: round(confidenceOf(rule, { named, share, count: texts.length })),
    by: [
      ...(byName ? (['name'] as const) : []),
      ...(byComment ? (['comment'] as const) : []),
      ...(byValues ? (['values'] as const) : []),
    ],
  };
}

/** Share of the values that match; null where there are none, or they do not tell. */
function shareOf({ matches }: Rule, texts: readonly string[]): number | null {
  if (matches === null || texts.length === 0) return null;
  return texts.filter((text) => matches(text)).length / texts.length;
}

function confidenceOf(
  rule: Rule,
  { named, share, count }: { named: number; share: number | null; count: number },
): number {
  if (share === null) return named;
  if (share < leastShare) {
    if (count < fewestValues) return named;
    // The name promises what the values do not keep; of names and addresses they cannot tell.
    const vague = rule.byValues < 0.65;
    return vague ? named : named * Math.max(share, 0.3);
  }
  const told = rule.byValues * share;
  if (named === 0) return count < fewestValues ? 0 : told;
  // Two witnesses: what one leaves open the other makes smaller.
  return 1 - (1 - named) * (1 - told);
}

function round(confidence: number): number {
  return Math.round(confidence * 100) / 100;
}

/** `customerPhone` and `Customer Phone` become `customer_phone`. */
function plainName(name: string): string {
  return name
    .normalize('NFKC')
    .replace(/(\p{Ll}|\d)(\p{Lu})/gu, '$1_$2')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_');
}

/** Numbers with a country code, Chinese mobiles, and such as are written in groups. */
function isPhoneNumber(text: string): boolean {
  if (!/^\+?[\d\s().-]{7,20}$/.test(text)) return false;
  if (/^(?:\+?86[ -]?)?1[3-9]\d{9}$/.test(text)) return true;
  if (text.startsWith('+')) return parsePhoneNumberFromString(text)?.isValid() ?? false;
  // Bare digits may be anything, and a date is written in groups too.
  if (/^\d+(?:\.\d+)?$/.test(text) || /^\d{4}-\d{2}-\d{2}/.test(text)) return false;
  return ['US', 'CN', 'GB', 'DE', 'FR', 'JP', 'IN'].some(
    (region) => parsePhoneNumberFromString(text, region as 'US')?.isValid() ?? false,
  );
}

function isIpAddress(text: string): boolean {
  if (/^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/.test(text)) return true;
  if (!/^[0-9a-f:]{2,39}(?:%\w+)?$/i.test(text) || !text.includes(':')) return false;
  const groups = text.replace(/%\w+$/, '').split(':');
  const open = text.includes('::');
  // Times of a day, such as 10:30:00, have two or three groups and nothing left out.
  return (
    (open ? groups.length <= 9 : groups.length === 8) && groups.every((one) => one.length <= 4)
  );
}

function isAddress(text: string): boolean {
  if (/(?:省|自治区|市).*(?:区|县|镇|路|街|号)|(?:路|街|道).*\d+号/.test(text)) return true;
  return /\d.*\b(?:street|st|avenue|ave|road|rd|lane|ln|drive|dr|boulevard|blvd|way|court|ct|square|sq|place|pl|highway|hwy)\b\.?|\b\w*(?:straße|strasse|weg|platz|gasse)\b.*\d/iu.test(
    text,
  );
}

const chineseSurnames = new Set(
  Array.from(
    '王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤',
  ),
);

/** A surname that nine of ten bear, and one or two letters more. */
function isChineseName(text: string): boolean {
  const letters = Array.from(text);
  return /^\p{Script=Han}{2,3}$/u.test(text) && chineseSurnames.has(letters[0]!);
}
