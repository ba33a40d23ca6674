/** `SDK-HMAC-SHA256` against requests that the vendor's own SDKs have signed. */
import fc from 'fast-check';
import {
  checkSignature,
  isSignature,
  readSignature,
  type SignedRequest,
} from '../../api/vendors/dataarts/signature';
import { TablegateError } from '../../model/errors';
import { goVectors, signedAt, vectors, type SignedVector } from '../support/dataarts-sdk/vectors';

const { secret, accessKeyId } = vectors;
const [first] = vectors.requests as [SignedVector];

function requestOf({ method, url, headers }: SignedVector): SignedRequest {
  const apart = Object.entries(headers).map(([name, value]) => [name, [value]]);
  return { method, url, headers: Object.fromEntries(apart) as SignedRequest['headers'] };
}

/** Checks a request as the API does. @returns null where it is good, else what is said */
function whyNot(vector: SignedVector, now = signedAt, key: string | null = secret): string | null {
  const request = requestOf(vector);
  try {
    const signature = readSignature(vector.headers.authorization ?? '', request, now);
    checkSignature(request, Buffer.from(vector.body), signature, key);
    return null;
  } catch (error) {
    const isRefusal = error instanceof TablegateError && error.code === 'notAuthenticated';
    if (!isRefusal) throw error;
    return error.message;
  }
}

const withHeader = (name: string, value: string, vector = first): SignedVector => ({
  ...vector,
  headers: { ...vector.headers, [name]: value },
});

const withAuthorization = (change: (text: string) => string): SignedVector =>
  withHeader('authorization', change(first.headers.authorization!));

const ofBoth = [
  ...vectors.requests.map((vector) => [vector.what, 'Python', vector] as const),
  ...goVectors.requests.map((vector) => [vector.what, 'Go', vector] as const),
];

test.each(ofBoth)(
  'a request with %s is taken as the SDK for %s signs it',
  (_what, _language, vector) => {
    expect(isSignature(vector.headers.authorization!)).toBe(true);
    expect(readSignature(vector.headers.authorization!, requestOf(vector), signedAt)).toMatchObject(
      { accessKeyId },
    );
    expect(whyNot(vector)).toBeNull();
    expect(whyNot(vector, signedAt, `${secret}x`)).toContain('the signature is not that of');
    expect(whyNot(vector, signedAt, null)).toContain('the signature is not that of');
  },
);

test('parts of the header may come in another order, the request by its whole address', () => {
  const [, access, headers, signature] =
    /(Access=\S+), (SignedHeaders=\S+), (Signature=\S+)/.exec(first.headers.authorization!) ?? [];
  expect(
    whyNot(withAuthorization(() => `SDK-HMAC-SHA256 ${signature},${headers},  ${access}`)),
  ).toBeNull();
  expect(whyNot({ ...first, url: `http://127.0.0.1:8080${first.url}` })).toBeNull();
});

test('nothing that was signed may be changed', () => {
  const changed: SignedVector[] = [
    { ...first, method: 'PUT' },
    { ...first, url: `${first.url}/x` },
    { ...first, url: `${first.url}?a=b` },
    { ...first, body: first.body.replace('110', '111') },
    { ...first, body: `${first.body} ` },
    { ...first, body: '' },
    withHeader('workspace', 'other'),
    withHeader('host', 'elsewhere.test'),
    withHeader('content-type', 'text/plain'),
    withHeader('x-project-id', 'other'),
    withHeader('x-sdk-date', '20260414T000001Z'),
    withAuthorization((text) => text.replace(';workspace', '')),
    withAuthorization((text) => text.replace(/.$/, (last) => (last === '0' ? '1' : '0'))),
  ];
  for (const vector of changed) expect(whyNot(vector)).toContain('the signature is not that of');
  const query = vectors.requests.find(({ what }) => what === 'a query out of order')!;
  expect(whyNot({ ...query, url: query.url.replace('run', 'stop') })).not.toBeNull();
});

test('a request whose host is not signed is protected in all else', () => {
  const [signed] = goVectors.requests as [SignedVector];
  expect(signed.headers.authorization).not.toContain('host');
  expect(whyNot(withHeader('host', 'a-proxy.test', signed))).toBeNull();
  const changed: SignedVector[] = [
    { ...signed, method: 'PUT' },
    { ...signed, url: `${signed.url}/x` },
    { ...signed, url: `${signed.url}?a=b` },
    { ...signed, body: signed.body.replace('110', '111') },
    withHeader('workspace', 'other', signed),
    withHeader('x-project-id', 'other', signed),
    withHeader('x-sdk-date', '20260414T000001Z', signed),
  ];
  for (const vector of changed) expect(whyNot(vector)).toContain('the signature is not that of');
});

test('a request is good for 15 minutes, before and after the clock here', () => {
  const minutes = (count: number): number => signedAt + count * 60_000;
  for (const now of [minutes(15), minutes(-15)]) expect(whyNot(first, now)).toBeNull();
  for (const now of [minutes(15) + 1000, minutes(-15) - 1000, 0]) {
    expect(whyNot(first, now)).toContain('15 minutes');
  }
});

test.each<[string, SignedVector, string]>([
  ['no date', withAuthorization((text) => text.replace(';x-sdk-date', '')), 'list x-sdk-date'],
  ['a header that is not there', withAuthorization((t) => t.replace(';host', ';host;y')), '"y"'],
  ['a date that is none', withHeader('x-sdk-date', '2026-04-14'), '20260414T000000Z'],
  ['no access key', withAuthorization((text) => text.replace(/Access=\S+, /, '')), 'Access'],
  ['no signature', withAuthorization((text) => text.replace(/, Signature=.*/, '')), 'Signature'],
  ['a short signature', withAuthorization((text) => text.slice(0, -2)), 'Signature'],
  ['nothing', withAuthorization(() => 'SDK-HMAC-SHA256 '), 'Access'],
  ['an unsigned body', withHeader('x-sdk-content-sha256', 'UNSIGNED-PAYLOAD'), 'hash of the body'],
])('a signature with %s is refused, and the answer says so', (_what, vector, said) => {
  expect(whyNot(vector)).toContain(said);
});

test('a signed header that is there twice is refused', () => {
  const request = requestOf(first);
  request.headers.workspace = ['default', 'other'];
  expect(() => readSignature(first.headers.authorization!, request, signedAt)).toThrow(
    'more than once',
  );
});

test('whatever is sent in place of a signature, it is refused as one', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(whyNot(withAuthorization(() => `SDK-HMAC-SHA256 ${text}`))).not.toBeNull();
    }),
  );
});
