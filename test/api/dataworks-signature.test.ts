/** Signatures of DataWorks' clients: of the vendor's documentation, and made by its SDK for Python. */
import { createHash } from 'node:crypto';
import type { GatewayRefusal } from '../../api/vendors/dataworks/refusals';
import {
  checkSignature,
  readAuthorization,
  type SignedCall,
} from '../../api/vendors/dataworks/signature';

interface Vector {
  name: string;
  method: string;
  query: string;
  headers: Record<string, string>;
  signature: string;
  body: string;
  secret: string;
  accessKeyId: string;
}

const common = {
  host: 'gate.example.com',
  'x-acs-version': '2024-05-18',
  'x-acs-action': 'BatchUpdateTasks',
  'x-acs-date': '2026-01-20T03:04:05Z',
  'x-acs-signature-nonce': '0f1e2d3c4b5a69788796a5b4c3d2e1f0',
  accept: 'application/json',
};
const ofSdk = {
  ...{ secret: 'aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1', accessKeyId: 'TGAK0123456789ABCDEFGHIJ' },
};

const vectors: Vector[] = [
  {
    ...{ name: 'the example of the vendor’s documentation', method: 'POST', body: '' },
    query: 'ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai',
    headers: {
      host: 'ecs.cn-shanghai.aliyuncs.com',
      'x-acs-action': 'RunInstances',
      'x-acs-date': '2023-10-26T10:22:32Z',
      'x-acs-signature-nonce': '3156853299f313e23d1673dc12e1703d',
      'x-acs-version': '2014-05-26',
    },
    signature: '06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0',
    ...{ secret: 'YourAccessKeySecret', accessKeyId: 'YourAccessKeyId' },
  },
  {
    ...{ name: 'a form of the SDK', method: 'POST', query: '', ...ofSdk },
    headers: {
      ...common,
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent': 'AlibabaCloud (linux; x86_64) Python/3.11',
    },
    body: 'Comment=a+b&Tasks=%5B%7B%22Id%22%3A%209223372036854775807%7D%5D',
    signature: '150bd21c7b9da9a92666e03e17c45c7c5048184df8565ddb48cd8cab04ca1047',
  },
  {
    ...{ name: 'a query of the SDK with all kinds of characters', method: 'GET', body: '' },
    query:
      'Name=a+b%2Bc~d%2Ae%27f%28g%29h%21i%2Fj%3Fk%3Dl%26m%25n&City=%E6%B7%B1%E5%9C%B3+%C3%BC' +
      '&Empty=&Id=9223372036854775807&Z.1.Key=x',
    headers: common,
    signature: '3aa24795fdce48b01215bd1f2a446578e7d48960197439d2b5fa9c36f6c70a95',
    ...ofSdk,
  },
  {
    ...{ name: 'a header of the SDK that is no ASCII', method: 'POST', query: '', ...ofSdk },
    headers: { ...common, 'user-agent': 'Tür' },
    body: '{"Tasks":[]}',
    signature: 'c663c815c75801ac62abf1ae692cdc86a4e6f741be3e6417df6b1575a4e15697',
  },
];

const digestOf = (body: string) => createHash('sha256').update(body).digest('hex');

function authorizationOf({ headers, signature, accessKeyId }: Vector): string {
  const names = [...Object.keys(headers), 'x-acs-content-sha256'].sort().join(';');
  return `ACS3-HMAC-SHA256 Credential=${accessKeyId},SignedHeaders=${names},Signature=${signature}`;
}

function callOf({ method, query, headers, body }: Vector): SignedCall {
  const all = { ...headers, 'x-acs-content-sha256': digestOf(body) };
  // Beside what was signed there are headers that nobody signs.
  const rawHeaders = Object.entries({ ...all, Connection: 'close' }).flat();
  return { method, path: '/', query, rawHeaders };
}

const check = (vector: Vector, call = callOf(vector), body = vector.body): void =>
  checkSignature(call, readAuthorization(authorizationOf(vector)), vector.secret, digestOf(body));

const codeOf = (work: () => void): string => {
  try {
    work();
  } catch (error) {
    return (error as GatewayRefusal).code;
  }
  return 'taken';
};

test.each(vectors.map((vector) => [vector.name, vector] as const))(
  'DW-43: %s is taken, and nothing that differs from it',
  (_name, vector) => {
    expect(codeOf(() => check(vector))).toBe('taken');
    const call = callOf(vector);
    const others: [SignedCall, string?][] = [
      [{ ...call, method: vector.method === 'GET' ? 'POST' : 'GET' }],
      [{ ...call, path: '/other' }],
      [{ ...call, query: `${vector.query}&More=1` }],
      [call, `${vector.body} `],
      ...Object.keys(vector.headers).map((name): [SignedCall] => {
        const place = call.rawHeaders.indexOf(name) + 1;
        return [{ ...call, rawHeaders: call.rawHeaders.with(place, 'another') }];
      }),
      // A second value of a header that was signed.
      [{ ...call, rawHeaders: [...call.rawHeaders, 'x-acs-action', 'DeleteTask'] }],
    ];
    for (const [other, body] of others) {
      expect(codeOf(() => check(vector, other, body))).toBe('SignatureDoesNotMatch');
    }
    const wrongSecret = { ...vector, secret: `${vector.secret}x` };
    expect(codeOf(() => check(wrongSecret))).toBe('SignatureDoesNotMatch');
  },
);

test('DW-43: a header that came as UTF-8 is taken like one that came a byte a character', () => {
  const vector = vectors[3]!;
  const call = callOf(vector);
  const bytes = Buffer.from('Tür', 'utf8').toString('latin1');
  const place = call.rawHeaders.indexOf('Tür');
  const sent = { ...call, rawHeaders: call.rawHeaders.with(place, bytes) };
  expect(codeOf(() => check(vector, sent))).toBe('taken');
});

test.each([
  ['another scheme', 'HMAC-SHA1 Credential=a,SignedHeaders=b,Signature=c'],
  ['no parts', 'ACS3-HMAC-SHA256'],
  ['no key', 'ACS3-HMAC-SHA256 Credential=,SignedHeaders=host,Signature=' + 'a'.repeat(64)],
  ['a signature that is no digest', 'ACS3-HMAC-SHA256 Credential=a,SignedHeaders=host,Signature=z'],
  [
    'an action that is not signed',
    'ACS3-HMAC-SHA256 Credential=a,SignedHeaders=host;x-acs-content-sha256;x-acs-date;' +
      `x-acs-signature-nonce;x-acs-version,Signature=${'a'.repeat(64)}`,
  ],
])('DW-42: an Authorization with %s is incomplete', (_name, text) => {
  expect(codeOf(() => void readAuthorization(text))).toBe('IncompleteSignature');
});
