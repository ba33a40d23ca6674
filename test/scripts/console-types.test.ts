/** The types of the API's calls, made from its OpenAPI document for the console. */
import { typesOf } from '../../scripts/console-types.cjs';

/** The type that a schema becomes. */
function typeOf(schema: object): string {
  const text = typesOf({ components: { schemas: { It: schema } }, paths: {} });
  return /"It": (.*);/.exec(text)?.[1] ?? '';
}

test.each([
  [{ type: 'integer' }, 'number'],
  [{ type: ['string', 'null'] }, 'string | null'],
  [{ enum: ['a', 'b'] }, '"a" | "b"'],
  [{ type: 'array', items: { type: ['string', 'null'] } }, '(string | null)[]'],
  [{ $ref: '#/components/schemas/Task' }, 'Schemas["Task"]'],
  [{ type: 'object', additionalProperties: { type: 'integer' } }, 'Record<string, number>'],
  [{ type: 'object', additionalProperties: false }, 'Record<string, never>'],
  [
    { type: 'object', properties: { a: { type: 'string' }, b: {} }, required: ['a'] },
    '{ "a": string; "b"?: unknown }',
  ],
  [{ anyOf: [{ const: 1 }, { type: 'boolean' }] }, '1 | boolean'],
])('%j becomes %s', (schema, type) => {
  expect(typeOf(schema)).toBe(type);
});

test('a call has what goes in by path, query and body, and what comes out', () => {
  const text = typesOf({
    components: {},
    paths: {
      '/api/v1/tasks/{id}': {
        patch: {
          parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
          requestBody: { required: true, content: { 'application/json': { schema: {} } } },
          responses: { 204: {}, 404: { content: { x: { schema: { type: 'string' } } } } },
        },
      },
      '/healthz': { get: { responses: {} } },
    },
  });
  expect(text).toContain(
    '"PATCH /tasks/{id}": { params: { "id": string }; query: undefined; body: unknown; answer: undefined };',
  );
  expect(text).not.toContain('healthz');
});
