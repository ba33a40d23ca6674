/** What a script may be called; the same as `model/script-name.ts`, said in the person's language. */
import type { MessageKey } from '../../i18n/en';
import { lengthOf, type Translate } from './rules';

const maxLength = 64;

const forbidden: readonly (readonly [symbol: string, name: MessageKey])[] = [
  ['|', 'create.symbol.bar'],
  [':', 'create.symbol.colon'],
  ['?', 'create.symbol.question'],
  ['<', 'create.symbol.less'],
  ['>', 'create.symbol.greater'],
  ['*', 'create.symbol.asterisk'],
  ['"', 'create.symbol.quote'],
  ['\u2164', 'create.symbol.five'],
  ['\u2174', 'create.symbol.smallFive'],
];

/** @returns what is wrong with a name, each forbidden symbol named; null where nothing is */
export function problemOfName(name: string, t: Translate): string | null {
  const trimmed = name.trim();
  if (trimmed === '') return t('create.nameNeeded');
  const symbols = forbidden.filter(([symbol]) => trimmed.includes(symbol));
  if (symbols.length > 0) {
    return t('create.nameSymbols', { symbols: symbols.map(([, key]) => t(key)).join(', ') });
  }
  const length = lengthOf(trimmed);
  if (length > maxLength) return t('create.nameTooLong', { length });
  if (/\p{Cc}/u.test(trimmed)) return t('create.nameControl');
  return null;
}
