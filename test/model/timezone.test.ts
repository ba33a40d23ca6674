import { isTimezone } from '../../model/timezone';

it.each([
  ...[
    'UTC',
    'GMT',
    'CET',
    'EST5EDT',
    'Europe/Berlin',
    'Asia/Kolkata',
    'Asia/Calcutta',
    'America/Port-au-Prince',
  ],
  ...['America/Argentina/Buenos_Aires', 'Etc/GMT+5', 'US/Pacific', 'Africa/Dar_es_Salaam'],
])('knows %s', (name) => {
  expect(isTimezone(name)).toBe(true);
});

it.each([
  ...['', 'PST', 'europe/berlin', 'EUROPE/BERLIN', 'Europe/berlin', 'utc', 'Mars/Olympus'],
  ...['+02:00', 'Europe/Berlin ', 'Local'],
])('refuses "%s", which Temporal would not find', (name) => {
  expect(isTimezone(name)).toBe(false);
});
