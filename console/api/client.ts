/** Calls of the API, with types made from its OpenAPI document. */
import type { Calls, Schemas } from '../generated/calls';

export type { Calls, Schemas };
export type CallName = keyof Calls;
export type Answer<Name extends CallName> = Calls[Name]['answer'];
export type Query<Name extends CallName> = NonNullable<Calls[Name]['query']>;
export type Body<Name extends CallName> = NonNullable<Calls[Name]['body']>;

/** What a call takes: only the parts that it has. */
export type Input<Name extends CallName> = OnlyDefined<{
  params: Calls[Name]['params'];
  query: Calls[Name]['query'];
  body: Calls[Name]['body'];
}> & { headers?: Record<string, string> };

/** Parts of which nothing has to be given may be left out. */
type OnlyDefined<T> = {
  [K in keyof T as T[K] extends undefined ? never : object extends T[K] ? never : K]: T[K];
} & { [K in keyof T as T[K] extends undefined ? never : object extends T[K] ? K : never]?: T[K] };

/** A refusal of the API, or that it was not reached (`status` 0). */
export class ApiProblem extends Error {
  override name = 'ApiProblem';

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    /** Path and message of each wrong field of the request. */
    readonly fields: readonly { path: string; message: string }[] = [],
  ) {
    super(message);
  }
}

let csrfToken: string | null = null;
let unreachable = '';
let signedOut: () => void = () => undefined;

/** What has to go with each writing call of a session. */
export function setCsrfToken(token: string | null): void {
  csrfToken = token;
}

/** @param text what a call says that does not reach the server, in the language of the page */
export function setUnreachableText(text: string): void {
  unreachable = text;
}

/** @param then called when the session has ended on the server */
export function whenSignedOut(then: () => void): void {
  signedOut = then;
}

/** Shows that nobody is signed in any more. */
function endSession(): void {
  signedOut();
}

/**
 * Calls the API by its method and path, as in `GET /tasks/{id}`.
 * @throws ApiProblem
 */
export function call<Name extends CallName>(
  name: Name,
  input: Input<Name>,
  signal?: AbortSignal,
): Promise<Answer<Name>> {
  const parts = input as RawInput;
  const [method = '', template = ''] = name.split(' ');
  return request<Answer<Name>>(method, pathOf(template, parts), parts, signal);
}

interface RawInput {
  params?: Record<string, string>;
  query?: Record<string, unknown>;
  body?: unknown;
  headers?: Record<string, string>;
}

function pathOf(template: string, { params = {}, query = {} }: RawInput): string {
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(params[name] ?? ''),
  );
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  const search = new URLSearchParams(
    given.map(([name, value]): [string, string] => [name, String(value)]),
  );
  return `/api/v1${path}${search.size > 0 ? `?${search}` : ''}`;
}

/** The same for a path that is ready. */
export async function request<T>(
  method: string,
  url: string,
  { body, headers = {} }: Pick<RawInput, 'body' | 'headers'> = {},
  signal?: AbortSignal,
): Promise<T> {
  const response = await fetch(url, {
    method,
    signal: signal ?? null,
    credentials: 'same-origin',
    headers: {
      Accept: 'application/json',
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(method === 'GET' || csrfToken === null ? {} : { 'X-CSRF-Token': csrfToken }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new ApiProblem(0, 'unreachable', unreachable);
  });
  if (response.ok)
    return response.status === 204 ? (undefined as T) : ((await response.json()) as T);
  const problem = await readProblem(response);
  if (problem.status === 401 && !url.endsWith('/session')) endSession();
  throw problem;
}

/** An answer as it came. */
export interface RawAnswer {
  status: number;
  ms: number;
  headers: [string, string][];
  text: string;
}

/** Sends a call in the name of the signed-in user, whatever its answer is. */
export async function send(
  method: string,
  url: string,
  { headers, json }: { headers: Record<string, string>; json?: string },
): Promise<RawAnswer> {
  const begun = performance.now();
  const response = await fetch(url, {
    method,
    credentials: 'same-origin',
    headers: {
      ...(json === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(method === 'GET' || csrfToken === null ? {} : { 'X-CSRF-Token': csrfToken }),
      ...headers,
    },
    ...(json === undefined ? {} : { body: json }),
  });
  const text = await response.text();
  const ms = Math.round(performance.now() - begun);
  return { status: response.status, ms, headers: [...response.headers.entries()], text };
}

async function readProblem(response: Response): Promise<ApiProblem> {
  const { status } = response;
  try {
    const { code, detail, title, errors } = (await response.json()) as ProblemBody;
    return new ApiProblem(status, code ?? 'unknown', detail ?? title ?? `HTTP ${status}`, errors);
  } catch {
    return new ApiProblem(status, 'unknown', `HTTP ${status}`);
  }
}

interface ProblemBody {
  code?: string;
  detail?: string;
  title?: string;
  errors?: { path: string; message: string }[];
}
