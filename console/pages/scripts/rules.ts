/** Rules of the forms of scripts. */
import type { MessageKey } from '../../i18n/en';

export type Translate = (key: MessageKey, values?: Record<string, string | number>) => string;

/** Characters as people count them. */
export function lengthOf(text: string): number {
  let pairs = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit >= 0xd800 && unit < 0xdc00) {
      pairs += 1;
      at += 1;
    }
  }
  return text.length - pairs;
}

/** What a validator of a form answers. */
export const settle = (problem: string | null): Promise<void> =>
  problem === null ? Promise.resolve() : Promise.reject(new Error(problem));

/** A rule for texts of bounded length, which says how long the text is. */
export const atMost = (most: number, t: Translate) => ({
  validator: (_: unknown, text: string) => {
    const length = lengthOf(text ?? '');
    return settle(length <= most ? null : t('create.tooLong', { length, most }));
  },
});

/** The count beside such a field. */
export const counted = (most: number) => ({ show: true, max: most, strategy: lengthOf });

export const maxDescription = 1_000;
export const maxRemarks = 1_000;
