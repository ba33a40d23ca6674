/** DataArts' calls as a test makes them. */
import type { Answer } from './test-client';

/** The seed's example, as it is printed. */
export const exampleText = `{
"id" : null,
"data_source_type" : "DLI",
"description" : "",
"name" : "Test collection 110",
"user_id" : "0833a573fe80d5401f6dc010a775569a",
"dir_id" : "0",
"task_config" : {
"data_connection_name" : "dli_test",
"data_connection_id" : "14bb947454e64de784eadaab759081e8",
"databaseName" : [ "ygy1" ],
"tableName" : [ "ygy1.ygy" ],
"alive_object_policy" : "3",
"deleted_object_policy" : "3",
"enableDataProfile" : false,
"enableDataClassification" : false,
"enable_table_filter_by_regex" : false
},
"schedule_config" : {
"schedule_type" : "RUN_ONCE",
"max_time_out" : 10
}
}`;

export type Body = Record<string, unknown>;

/** The example with other fields; undefined leaves one out. */
export function exampleWith(fields: Body = {}): Body {
  return { ...(JSON.parse(exampleText) as Body), ...fields };
}

/** A body whose schedule says nothing, so that nothing runs. */
export const quietBody = (fields: Body = {}): Body =>
  exampleWith({ schedule_config: {}, ...fields });

export interface Refusal {
  error_code: string;
  error_msg: string;
}

export interface SentCall {
  /** Text is sent as it is, anything else as JSON. */
  body?: unknown;
  /** Added to those of a good call; null leaves one out. */
  headers?: Record<string, string | null>;
  project?: string;
}

export class DataArtsClient {
  /** @param token goes into `X-Auth-Token` */
  constructor(
    readonly url: string,
    readonly token: string,
  ) {}

  /** @param path below `/v3/{project_id}/metadata/tasks` */
  async call<Result = Refusal>(
    method: string,
    path: string,
    { body, headers = {}, project = 'default' }: SentCall = {},
  ): Promise<Answer<Result> & { text: string }> {
    const all = { 'X-Auth-Token': this.token, workspace: 'default', ...headers };
    const sent = Object.entries(all).filter((header): header is [string, string] => {
      return header[1] !== null;
    });
    const answer = await fetch(`${this.url}/v3/${project}/metadata/tasks${path}`, {
      method,
      headers: [['Content-Type', 'application/json'], ...sent],
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    const { status } = answer;
    return { status, headers: answer.headers, text, body: JSON.parse(text) as Result };
  }

  /** Creates a task. @returns its id */
  async create(body: unknown, sent: Omit<SentCall, 'body'> = {}): Promise<string> {
    const {
      status,
      body: answer,
      text,
    } = await this.call<{ task_id: string }>('POST', '/create', {
      ...sent,
      body,
    });
    if (status !== 200) throw new Error(`create: ${status} ${text}`);
    return answer.task_id;
  }

  async read(taskId: string): Promise<Body> {
    const { status, body, text } = await this.call<Body>('GET', `/${taskId}`);
    if (status !== 200) throw new Error(`read: ${status} ${text}`);
    return body;
  }
}

/** A body of `POST /v3/auth/tokens`. */
export function tokenRequest(user: Body, scope?: Body): Body {
  const identity = { methods: ['password'], password: { user } };
  return { auth: { identity, ...(scope && { scope }) } };
}

/** Asks for a token. */
export async function askForToken(
  url: string,
  body: unknown,
): Promise<{ status: number; token: string | null; body: Body; text: string }> {
  const answer = await fetch(`${url}/v3/auth/tokens`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await answer.text();
  const token = answer.headers.get('x-subject-token');
  return { status: answer.status, token, text, body: JSON.parse(text) as Body };
}

/** Holds an answer to be a refusal: a status, two keys, two texts. @returns its message */
export function refusalIn(answer: { status: number; text: string }, status: number): string {
  const body = JSON.parse(answer.text) as Refusal;
  expect([answer.status, Object.keys(body)]).toEqual([status, ['error_code', 'error_msg']]);
  expect(body.error_code).toMatch(/^\w+$/);
  expect(body.error_msg).toMatch(/\S/);
  return body.error_msg;
}
