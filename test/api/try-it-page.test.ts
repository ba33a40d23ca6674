/** The try-it page and all that it loads come from this server, under its own security policy. */
import { errorCatalogue } from '../../model/errors';
import { testApi } from '../support/test-api';

const base = 'http://gate.test';

test('every file that the page names is there, with its type, and none is elsewhere', async () => {
  const api = testApi();
  const page = await api.send(null, 'get', '/api/docs');
  const files = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => {
    return new URL(url!, `${base}/api/docs`);
  });
  expect(files.map(({ origin }) => origin)).toEqual(files.map(() => base));
  const types = [];
  for (const { pathname } of files) {
    const file = await api.send(null, 'get', pathname).buffer(true);
    expect(file.status).toBe(200);
    types.push(file.headers['content-type']);
  }
  expect(types).toEqual([
    'text/css; charset=utf-8',
    'image/png',
    'text/javascript; charset=utf-8',
    'text/javascript; charset=utf-8',
  ]);
});

test('no script stands in the page, as its policy forbids', async () => {
  const page = await testApi().send(null, 'get', '/api/docs');
  expect(page.headers['content-security-policy']).toMatch(/script-src 'self';/);
  expect(page.text).not.toMatch(/<script(?![^>]*\bsrc=)|\son\w+=/);
});

test('its script reads the document from beside the page and asks no outside host', async () => {
  const script = (await testApi().send(null, 'get', '/api/docs/try-it.js')).text;
  expect(new URL('../openapi.json', `${base}/api/docs/try-it.js`).pathname).toBe(
    '/api/openapi.json',
  );
  expect(script).toContain("'../openapi.json'");
  expect(script).toContain('validatorUrl: null');
});

test('only the files of the page are served', async () => {
  for (const path of ['package.json', 'index.html', '..%2fpackage.json', 'swagger-ui.js.map']) {
    expect((await testApi().send(null, 'get', `/api/docs/${path}`)).status).toBe(404);
  }
});

test('the page of errors has an anchor for each type of problem', async () => {
  const page = await testApi().send(null, 'get', '/api/errors');
  for (const code of Object.keys(errorCatalogue)) expect(page.text).toContain(`id="${code}"`);
});
