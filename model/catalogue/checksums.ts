/** Numbers that prove by a check digit what they are. */

/** Card numbers: 12 to 19 digits of which the last is Luhn's. */
export function isCardNumber(text: string): boolean {
  const digits = text.replace(/[ -]/g, '');
  // All the same digit is a filler, though Luhn takes `0000…`.
  if (!/^\d{12,19}$/.test(digits) || /^(\d)\1*$/.test(digits)) return false;
  return hasKnownIssuer(digits) && luhn(digits);
}

/** First digits of the networks of cards: others are accounts, orders or times. */
function hasKnownIssuer(digits: string): boolean {
  return /^(?:4|5[0-9]|2[2-7]|3[0-9]|6[0-9]|9[0-9])/.test(digits);
}

export function luhn(digits: string): boolean {
  let sum = 0;
  for (let place = 0; place < digits.length; place += 1) {
    const digit = Number(digits[digits.length - 1 - place]);
    const twice = digit * 2;
    sum += place % 2 === 0 ? digit : twice > 9 ? twice - 9 : twice;
  }
  return sum % 10 === 0;
}

const residentWeights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** Chinese resident identity numbers: 17 digits with a day of birth, and a check character (GB 11643). */
export function isChineseResidentId(text: string): boolean {
  const id = text.trim().toUpperCase();
  const parts = /^[1-9]\d{5}((?:18|19|20)\d{2})(\d{2})(\d{2})\d{3}[0-9X]$/.exec(id);
  if (parts === null || !isDay(Number(parts[1]), Number(parts[2]), Number(parts[3]))) return false;
  const sum = residentWeights.reduce(
    (total, weight, place) => total + weight * Number(id[place]),
    0,
  );
  return id[17] === '10X98765432'[sum % 11];
}

/** Social security numbers of the United States, as they are written; they have no check digit. */
export function isUsSocialSecurityNumber(text: string): boolean {
  return /^(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}$/.test(text.trim());
}

/** International bank account numbers (ISO 13616, modulo 97). */
export function isIban(text: string): boolean {
  const iban = text.replaceAll(' ', '').toUpperCase();
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(iban)) return false;
  const turned = iban.slice(4) + iban.slice(0, 4);
  let rest = 0;
  for (const character of turned) {
    for (const digit of String(Number.parseInt(character, 36))) {
      rest = (rest * 10 + Number(digit)) % 97;
    }
  }
  return rest === 1;
}

/** Codes of Chinese organisations: 18 characters, the last of which checks the others (GB 32100). */
export function isUnifiedSocialCreditCode(text: string): boolean {
  const letters = '0123456789ABCDEFGHJKLMNPQRTUWXY';
  const code = text.trim().toUpperCase();
  if (!/^[1-9AN][1-9]\d{6}[0-9A-HJ-NPQRTUWXY]{10}$/.test(code)) return false;
  let weight = 1;
  let sum = 0;
  for (const character of code.slice(0, 17)) {
    sum += letters.indexOf(character) * weight;
    weight = (weight * 3) % 31;
  }
  return letters[(31 - (sum % 31)) % 31] === code[17];
}

function isDay(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}
