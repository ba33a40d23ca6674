/** DataWorks' actions in the OpenAPI document: one path, told apart by a header. */
import type { RouteConfig } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import { keyVariable, samplesOf, type CodeSample } from '../../openapi/samples';
import type { Action } from './action';
import { actions, version } from './actions';
import { sdkSample } from './sdk-sample';

const answer = z
  .looseObject({ RequestId: z.string().meta({ description: 'Finds the call in the log' }) })
  .meta({ id: 'DataWorksAnswer' });

const refusal = z
  .object({ Code: z.string(), Message: z.string(), RequestId: z.string() })
  .loose()
  .meta({ id: 'DataWorksRefusal' });

const description = `As the clients of DataWorks call it: what is wanted is told by \`x-acs-action\`, and
its parameters are a form, or one JSON object. Programs sign with an access key
(\`ACS3-HMAC-SHA256\`), as the vendor's SDKs do by themselves; to try it, a key of the API
(\`Authorization: Bearer …\`) or the session of a signed-in browser is taken in its place. Each action
says which role its user needs.`;

/** @param baseUrl of the server, as the samples call it */
export function dataworksCalls(baseUrl: string): RouteConfig[] {
  const all = [...actions.values()];
  const input = z.looseObject({}).meta({ description: 'The parameters of the action' });
  const first = all[0]!;
  const refused = (why: string) => ({
    description: why,
    content: { 'application/json': { schema: refusal } },
  });
  return [
    {
      method: 'post',
      path: '/',
      tags: ['DataWorks'],
      summary: 'Call an action of DataWorks',
      description,
      operationId: 'callDataWorks',
      'x-role': 'public',
      'x-actions': all.map((one) => describeAction(one, baseUrl)),
      security: [{ key: [] }, { session: [] }],
      request: {
        headers: z.object({
          'x-acs-action': z.enum(all.map(({ name }) => name) as [string, ...string[]]),
          'x-acs-version': z.literal(version),
        }),
        body: {
          required: false,
          content: {
            'application/json': { schema: input, example: jsonOf(trialOf(first)) },
            'application/x-www-form-urlencoded': { schema: input, example: trialOf(first) },
          },
        },
      },
      responses: {
        200: { description: 'Done', content: { 'application/json': { schema: answer } } },
        400: refused('The parameters, or how the call is signed, are not valid'),
        401: refused('Who calls is not known'),
        403: refused('The user has not the role, or the edition is too low'),
        404: refused('There is no such thing, or no such action'),
        405: refused('The action does not take this method'),
        408: refused('The request did not arrive in time'),
        409: refused('It is not in a state for this'),
        413: refused('The body is too large'),
        415: refused('The body is packed or encoded in a way that is not known'),
        429: refused('Too much at once: see `Retry-After`'),
        500: refused('Something went wrong here'),
        503: refused('Temporal, the store or the worker does not answer'),
      },
    },
  ];
}

/** What a page shows of an action. */
export interface DescribedAction {
  name: string;
  method: 'GET' | 'POST';
  role: string;
  summary: string;
  /** JSON Schema of its parameters. */
  input: unknown;
  /** Parameters to try it with, as a form holds them. */
  example: Record<string, string>;
  'x-codeSamples': CodeSample[];
}

function describeAction(action: Action, baseUrl: string): DescribedAction {
  const { name, method, role, summary, input, example } = action;
  const trial = trialOf(action);
  const headers = {
    Authorization: `Bearer ${keyVariable}`,
    ...{ 'x-acs-action': name, 'x-acs-version': version },
  };
  const request = { method: 'POST', url: `${baseUrl}/`, headers, form: example };
  return {
    ...{ name, method, role, summary, example: trial },
    input: z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }),
    'x-codeSamples': [...samplesOf(request), sdkSample(action, baseUrl)],
  };
}

/** What an example does not name where it would be changed: a number that is real here, too. */
const ids = new Set(['Id', 'Ids', 'TaskId', 'RootTaskIds']);
const placeholder = '<number>';

/** Parameters to try an action with: whoever tries one that changes something says himself what. */
function trialOf({ role, example }: Action): Record<string, string> {
  if (role === 'viewer') return example;
  const withoutIds = (name: string, value: unknown): unknown =>
    !ids.has(name) ? value : Array.isArray(value) ? [placeholder] : placeholder;
  const trial = Object.entries(example).map(([name, text]) => {
    const value = withoutIds(name, valueOf(text));
    return [name, typeof value === 'string' ? value : JSON.stringify(value, withoutIds)];
  });
  return Object.fromEntries(trial) as Record<string, string>;
}

/** The same parameters in one JSON object. */
function jsonOf(example: Record<string, string>): Record<string, unknown> {
  const parts = Object.entries(example).map(([name, text]) => [name, valueOf(text)]);
  return Object.fromEntries(parts) as Record<string, unknown>;
}

/** Structures stand in a form as JSON. */
export function valueOf(text: string): unknown {
  return /^[[{]/.test(text) ? JSON.parse(text) : text;
}
