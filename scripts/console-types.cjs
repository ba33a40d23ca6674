// Writes console/generated/calls.d.ts: the types of the API's calls, made from its OpenAPI document as
// the sources describe it now. Part of the build and of `npm run types`; the file is never committed.
const fs = require('node:fs');
const path = require('node:path');
require('../activities/jobs/from-source.cjs');

const root = path.join(__dirname, '..');
const target = path.join(root, 'console', 'generated', 'calls.d.ts');
const prefix = '/api/v1';

const union = (types) => (types.length === 0 ? 'never' : [...new Set(types)].join(' | '));
const list = (type) => (/[ |&]/.test(type) ? `(${type})[]` : `${type}[]`);

/** @returns {string} the TypeScript type of a JSON Schema */
function typeOf(schema) {
  if (schema === undefined || schema === true) return 'unknown';
  if (schema.$ref) return `Schemas[${JSON.stringify(schema.$ref.split('/').at(-1))}]`;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return union(schema.enum.map((value) => JSON.stringify(value)));
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return union(choices.map((choice) => bracketed(typeOf(choice))));
  if (schema.allOf) return schema.allOf.map((part) => bracketed(typeOf(part))).join(' & ');
  if (Array.isArray(schema.type)) {
    return union(schema.type.map((type) => bracketed(typeOf({ ...schema, type }))));
  }
  return plainType(schema);
}

const bracketed = (type) => (type.includes(' & ') ? `(${type})` : type);

function plainType(schema) {
  switch (schema.type) {
    case 'string':
      return 'string';
    case 'number':
    case 'integer':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'null':
      return 'null';
    case 'array':
      return list(typeOf(schema.items));
    case 'object':
      return objectType(schema);
    default:
      return 'unknown';
  }
}

function objectType({ properties = {}, required = [], additionalProperties }) {
  const fields = Object.entries(properties).map(([name, schema]) => {
    const optional = required.includes(name) ? '' : '?';
    return `${JSON.stringify(name)}${optional}: ${typeOf(schema)}`;
  });
  const rest = additionalProperties;
  if (fields.length > 0) return `{ ${fields.join('; ')} }`;
  return rest === false ? 'Record<string, never>' : `Record<string, ${typeOf(rest)}>`;
}

/** Inputs of one kind (`path`, `query`, `header`) as an object type. */
function inputs(parameters, where) {
  const found = parameters.filter((parameter) => parameter.in === where);
  const properties = Object.fromEntries(found.map(({ name, schema }) => [name, schema]));
  const required = found.filter((parameter) => parameter.required).map(({ name }) => name);
  return found.length === 0 ? 'undefined' : objectType({ properties, required });
}

function answerType(responses) {
  const good = Object.entries(responses).filter(([status]) => status.startsWith('2'));
  const types = good.map(([, { content }]) => {
    return content ? typeOf(Object.values(content)[0].schema) : 'undefined';
  });
  return union(types);
}

function callType({ parameters = [], requestBody, responses }) {
  const schema = requestBody?.content['application/json']?.schema;
  const body = schema ? typeOf(schema) + (requestBody.required ? '' : ' | undefined') : 'undefined';
  return `{ params: ${inputs(parameters, 'path')}; query: ${inputs(parameters, 'query')}; body: ${body}; answer: ${answerType(responses)} }`;
}

/** @returns {string} the module for the document */
function typesOf({ components, paths }) {
  const schemas = Object.entries(components.schemas ?? {}).map(
    ([name, schema]) => `  ${JSON.stringify(name)}: ${typeOf(schema)};`,
  );
  const calls = Object.entries(paths).flatMap(([route, methods]) =>
    Object.entries(methods)
      .filter(() => route.startsWith(`${prefix}/`))
      .map(([method, call]) => {
        const name = `${method.toUpperCase()} ${route.slice(prefix.length)}`;
        return `  ${JSON.stringify(name)}: ${callType(call)};`;
      }),
  );
  return [
    '// Made by scripts/console-types.cjs from the OpenAPI document; changes here are lost.',
    `export interface Schemas {\n${schemas.join('\n')}\n}`,
    `export interface Calls {\n${calls.join('\n')}\n}\n`,
  ].join('\n');
}

function main() {
  const { openApiDocument } = require('../api/openapi/document.ts');
  const { routes } = require('../api/routes/index.ts');
  const text = typesOf(openApiDocument(routes, [], { publicUrl: '/' }));
  fs.mkdirSync(path.dirname(target), { recursive: true });
  // An unchanged file keeps its time, so that nothing that watches it starts anew.
  const before = fs.existsSync(target) ? fs.readFileSync(target, 'utf8') : null;
  if (before !== text) fs.writeFileSync(target, text);
}

if (require.main === module) main();

module.exports = { typesOf };
