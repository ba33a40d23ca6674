/** The native REST API, as the command line calls it. */

/** A refusal of the API, in its own words. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    /** Entry of the error catalogue; empty when the answer was none of ours. */
    readonly code: string,
    message: string,
    /** What the API answered; null when it was no JSON. */
    readonly body: ProblemBody | null = null,
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

/** A refusal as it is answered, as far as it is one of ours. */
export interface ProblemBody {
  code?: unknown;
  title?: unknown;
  detail?: unknown;
  /** Each field that is wrong. */
  errors?: { path: string; message: string }[];
}

/** The server did not answer, or what answered was not JSON; the cause says which. */
export class NoAnswerError extends Error {
  constructor(
    message: string,
    /** True: the call may have done its work all the same. */
    readonly mayBeDone: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'NoAnswerError';
  }
}

export interface ApiClient {
  /** @param path below `/api/v1` */
  get<T>(path: string): Promise<T>;
  put<T>(path: string, body: unknown): Promise<T>;
  patch<T>(path: string, body: unknown): Promise<T>;
  /** @param idempotencyKey repeats of the call with the same key make nothing new */
  post<T>(path: string, body?: unknown, idempotencyKey?: string): Promise<T>;
  delete(path: string): Promise<void>;
}

export interface ApiClientOptions {
  /** Base URL of the server, without `/api/v1`. */
  url: string;
  key: string;
  /** Aborts what is under way. */
  signal?: AbortSignal;
  /** How long one call may take. */
  callLimitMs?: number;
}

const usualLimitMs = 30_000;

/**
 * Makes a client; its methods throw ApiError when the API refuses, and NoAnswerError when there is
 * no answer of its.
 */
export function apiClient(options: ApiClientOptions): ApiClient {
  const call = async <T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<T> => {
    const request = { method, path, body, headers };
    const { status, ok, text } = await send(options, request);
    if (!ok) throw refusal(status, text);
    return (text === '' ? undefined : parse(options.url, text)) as T;
  };
  return {
    get: (path) => call('GET', path),
    put: (path, body) => call('PUT', path, body),
    patch: (path, body) => call('PATCH', path, body),
    post: (path, body, idempotencyKey) =>
      call('POST', path, body, idempotencyKey ? { 'idempotency-key': idempotencyKey } : {}),
    delete: (path) => call('DELETE', path),
  };
}

interface Request {
  method: string;
  path: string;
  body: unknown;
  headers: Record<string, string>;
}

async function send(
  { url, key, signal, callLimitMs = usualLimitMs }: ApiClientOptions,
  { method, path, body, headers }: Request,
): Promise<{ status: number; ok: boolean; text: string }> {
  const limit = AbortSignal.timeout(callLimitMs);
  try {
    const answer = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
    return { status: answer.status, ok: answer.ok, text: await answer.text() };
  } catch (error) {
    if (signal?.aborted) throw error;
    const waited = `${url} did not answer within ${callLimitMs / 1000} s`;
    const message = limit.aborted ? waited : `${url} does not answer`;
    throw new NoAnswerError(message, method !== 'GET', { cause: error });
  }
}

function parse(url: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new NoAnswerError(`What answers at ${url} is not Tablegate`, false, { cause });
  }
}

function refusal(status: number, text: string): ApiError {
  try {
    const problem = JSON.parse(text) as ProblemBody;
    const detail = [problem.title, problem.detail].filter((part) => typeof part === 'string');
    return new ApiError(
      status,
      typeof problem.code === 'string' ? problem.code : '',
      `${detail.join(': ')} (${status})`,
      problem,
    );
  } catch {
    return new ApiError(status, '', `The API answered ${status}: ${text.slice(0, 200)}`);
  }
}
