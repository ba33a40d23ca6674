/** Which webhooks a task may have, and which of them are told what. */
import { parseInput } from '../../model/field-errors';
import { noticeEvents, notificationsSchema } from '../../model/notice';
import { hostAllowed, webhooksFor } from '../../model/webhooks';

const read = (input: unknown) => parseInput(notificationsSchema, input, 'task', ['notifications']);
const webhookAt = (url: string, rest: object = {}) => ({ webhooks: [{ url, ...rest }] });

test('a webhook without events wants all of them, and no deadline is set by itself', () => {
  expect(read(webhookAt('https://hooks.example.com/a?key=1'))).toEqual({
    webhooks: [{ url: 'https://hooks.example.com/a?key=1', events: [...noticeEvents] }],
    deadline: null,
  });
});

test.each([
  ['of another kind', 'ftp://hooks.example.com/', 'begins with http:// or https://'],
  ['without its beginning', 'hooks.example.com', 'begins with http:// or https://'],
  ['of a script', 'javascript:alert(1)', 'begins with http:// or https://'],
  ['with a user', 'https://ada@hooks.example.com/', 'no user and password'],
  ['with a password', 'https://:secret@hooks.example.com/', 'no user and password'],
  ['without end', `https://hooks.example.com/${'x'.repeat(2_000)}`, 'at most 2000 characters'],
])('a URL %s is refused, with what is allowed', (_what, url, said) => {
  expect(() => read(webhookAt(url))).toThrow(said);
  expect(() => read(webhookAt(url))).toThrow('`notifications.webhooks[0].url`');
});

const anywhere = 'https://a.example/';

test.each([
  ['eleven webhooks', { webhooks: Array(11).fill({ url: anywhere }) }, 'at most 10 webhooks'],
  [
    'URLs that are too long together',
    { webhooks: Array(3).fill({ url: anywhere + 'é'.repeat(900) }) },
    'at most 5000 bytes',
  ],
  ['no event', webhookAt(anywhere, { events: [] }), 'at least one event'],
  ['an unknown event', webhookAt(anywhere, { events: ['gateOpened'] }), 'events[0]'],
  ['an event again', webhookAt(anywhere, { events: Array(5).fill('runFailed') }), 'named once'],
  ['a deadline under a minute', { webhooks: [], deadline: 59 }, 'deadline'],
  ['a deadline over a year', { webhooks: [], deadline: 366 * 86_400 + 1 }, 'deadline'],
  ['an unknown field', { webhooks: [], deadlines: 60 }, 'there are webhooks, deadline'],
])('%s is refused, with what is allowed', (_what, input, said) => {
  expect(() => read(input)).toThrow(said);
});

test('a notice goes to the webhooks that want its event, to each URL once', () => {
  const notifications = read({
    webhooks: [
      { url: 'https://a.example/', events: ['runFailed', 'runRecovered'] },
      { url: 'https://b.example/' },
      { url: 'https://a.example/' },
    ],
  });
  expect(webhooksFor(notifications, 'runFailed')).toEqual([
    'https://a.example/',
    'https://b.example/',
  ]);
  const late = read(webhookAt('https://a.example/', { events: ['gateLate'] }));
  expect(webhooksFor(late, 'runFailed')).toEqual([]);
  expect(webhooksFor(null, 'runFailed')).toEqual([]);
});

describe('a host is allowed', () => {
  const hosts = ['hooks.example.com', 'gate.example.com:8443', '[::1]:9000', 'Mixed.Example.COM'];

  test.each([
    'https://hooks.example.com/a?b',
    'https://hooks.example.com:443/',
    'http://hooks.example.com/',
    'https://HOOKS.example.com/',
    'https://gate.example.com:8443/x',
    'http://[::1]:9000/',
    'https://mixed.example.com/',
  ])('where it is on the list: %s', (url) => {
    expect(hostAllowed(url, hosts)).toBe(true);
  });

  test.each([
    'https://hooks.example.com:8443/',
    'https://gate.example.com/',
    'https://gate.example.com:8444/',
    'https://evil-hooks.example.com/',
    'https://a.hooks.example.com/',
    'https://hooks.example.com.evil.test/',
    'https://hooks.example.com@evil.test/',
    'http://[::1]:9001/',
    'ftp://hooks.example.com/',
    'not a url',
  ])('only there: not %s', (url) => {
    expect(hostAllowed(url, hosts)).toBe(false);
  });

  test('everywhere for * alone, and nowhere without a list', () => {
    expect(hostAllowed('http://10.0.0.1:99/', ['*'])).toBe(true);
    expect(hostAllowed('file:///etc/passwd', ['*'])).toBe(false);
    expect(hostAllowed('http://10.0.0.1:99/', ['*', 'a.example'])).toBe(false);
    expect(hostAllowed('https://hooks.example.com/', [])).toBe(false);
  });

  test('by an entry with its scheme’s own port too', () => {
    expect(hostAllowed('https://a.example/', ['a.example:443'])).toBe(true);
    expect(hostAllowed('http://a.example/', ['a.example:443'])).toBe(false);
  });
});
