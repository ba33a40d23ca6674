/** The calls of the API page, as the document has them. */
import { callsOf, type ApiCall, type Document } from '../../console/pages/api/document';
import { testApi } from '../support/test-api';

let calls: ApiCall[];
beforeAll(async () => {
  const { body } = await testApi().send(null, 'get', '/api/openapi.json');
  calls = callsOf(body as Document);
});

test.each([
  ['POST /api/v1/tasks', true],
  ['PUT /api/v1/tasks/{id}', true],
  ['BatchUpdateTasks', true],
  // Whoever may only look makes keys all the same.
  ['POST /api/v1/keys', true],
  ['POST /api/v1/access-keys', true],
  ['POST /api/v1/sign-in-codes', true],
  ['POST /api/v1/recurrences:preview', false],
  ['POST /v3/{project_id}/metadata/tasks/search', false],
  ['ListTasks', false],
  ['GET /api/v1/tasks', false],
  // A task is to be named first.
  ['POST /api/v1/tasks/{id}:pause', false],
])('%s: whether the page asks before it sends the example as it stands: %s', (title, asks) => {
  expect(calls.filter((call) => call.title === title).map((call) => call.asksFirst)).toEqual([
    asks,
  ]);
});
