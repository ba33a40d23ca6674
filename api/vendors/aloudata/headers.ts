/** The three headers of every call: which tenant, and who in it. */
import { TablegateError } from '../../../model/errors';
import { credentialTypes, maxCredential, type TriggerCredential } from '../../../model/people';

/** Each header with the values that came, apart. */
type Headers = Record<string, string[] | undefined>;

const headerNames = ['tenant-id', 'auth-type', 'auth-value'] as const;
type HeaderName = (typeof headerNames)[number];

/**
 * @param headers as `headersDistinct` has them
 * @throws TablegateError invalidInput naming every header that is missing, sent twice or too long
 */
export function readCredential(headers: Headers): TriggerCredential {
  const fields = headerNames.flatMap((path) => {
    const message = faultOf(path, headers[path]);
    return message === null ? [] : [{ path, message }];
  });
  const [first] = fields;
  if (first) {
    const sentence = `The header \`${first.path}\`: ${first.message}`;
    throw new TablegateError('invalidInput', sentence, { fields });
  }
  return {
    tenant: valueOf(headers['tenant-id']),
    type: valueOf(headers['auth-type']) as TriggerCredential['type'],
    value: valueOf(headers['auth-value']),
  };
}

function faultOf(name: HeaderName, sent: string[] | undefined): string | null {
  const value = valueOf(sent);
  if (sent === undefined || (sent.length === 1 && value === '')) return 'it is missing';
  if (sent.length > 1) return 'it is sent more than once';
  if (value.length > maxCredential) return `at most ${maxCredential} characters are allowed`;
  if (name === 'auth-type' && !credentialTypes.some((type) => type === value)) {
    return `it must be one of ${credentialTypes.join(', ')}`;
  }
  return null;
}

/** Headers come as bytes, of which most clients make UTF-8. */
function valueOf(sent: string[] | undefined): string {
  const text = sent?.[0] ?? '';
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(text, 'latin1'));
  } catch {
    return text;
  }
}
