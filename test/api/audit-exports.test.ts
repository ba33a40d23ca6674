/** The audit as a file: every line of it, however many. */
import { testApi } from '../support/test-api';
import type { AuditEntry } from '../../model/people';

const at = '2026-03-01T02:30:00.000Z';
const entry = (id: number, detail: AuditEntry['detail'] = {}): AuditEntry => ({
  ...{ id: String(id), at, actor: 'Ada', action: 'task.edit', target: 'task/1', detail },
});

function apiWith(entries: AuditEntry[]) {
  const api = testApi();
  const audit = jest.fn((_caller: unknown, _filter: unknown, { pageSize, pageToken }) => {
    const from = Number(pageToken ?? 0);
    const items = entries.slice(from, from + pageSize);
    const next = from + pageSize < entries.length ? String(from + pageSize) : null;
    return Promise.resolve({ items, nextPageToken: next });
  });
  api.scheduling.people.audit = audit as never;
  return { api, audit };
}

test('as CSV it has before and after in columns of their own, and no formula', async () => {
  const { api, audit } = apiWith([
    entry(2, { before: { owner: null }, after: { owner: 'x' }, via: 'DataWorks' }),
    { ...entry(1), actor: '=cmd()' },
  ]);
  const answer = await api.send('admin', 'get', '/api/v1/audit.csv?actor=Ada&from=2026-01-01');
  expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8');
  expect(answer.text.split('\r\n')).toEqual([
    'at,actor,action,target,before,after,detail',
    `${at},Ada,task.edit,task/1,"{""owner"":null}","{""owner"":""x""}","{""via"":""DataWorks""}"`,
    `${at},'=cmd(),task.edit,task/1,,,{}`,
    '',
  ]);
  expect(audit.mock.calls[0]![1]).toEqual({
    ...{ target: null, actor: 'Ada', action: null, from: '2026-01-01', to: null },
  });
});

test('as JSON it is one list, with the lines of all pages', async () => {
  const entries = Array.from({ length: 2_500 }, (_, index) => entry(index));
  const { api, audit } = apiWith(entries);
  const answer = await api.send('admin', 'get', '/api/v1/audit.json');
  expect(answer.body).toEqual(entries);
  expect(audit).toHaveBeenCalledTimes(3);
  const none = apiWith([]);
  expect((await none.api.send('admin', 'get', '/api/v1/audit.json')).body).toEqual([]);
});

test('it is for admins, and what is wrong with the filter is said before anything is sent', async () => {
  const { api } = apiWith([]);
  expect((await api.send('developer', 'get', '/api/v1/audit.csv')).status).toBe(403);
  const answer = await api.send('admin', 'get', '/api/v1/audit.csv?who=Ada');
  expect(answer.status).toBe(400);
});
