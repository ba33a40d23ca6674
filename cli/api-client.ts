/** The native REST API, as the command line calls it. */

/** A refusal of the API, in its own words. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    /** Entry of the error catalogue; empty when the answer was none of ours. */
    readonly code: string,
    detail: string,
  ) {
    super(detail);
    this.name = 'ApiError';
  }
}

export interface ApiClient {
  /** @param path below `/api/v1` */
  get<T>(path: string): Promise<T>;
  put<T>(path: string, body: unknown): Promise<T>;
  /** @param idempotencyKey repeats of the call with the same key make nothing new */
  post<T>(path: string, body: unknown, idempotencyKey?: string): Promise<T>;
}

export interface ApiClientOptions {
  /** Base URL of the server, without `/api/v1`. */
  url: string;
  key: string;
  /** Aborts what is under way. */
  signal?: AbortSignal;
}

const callLimitMs = 30_000;

/** Makes a client; its methods throw ApiError when the API refuses. */
export function apiClient({ url, key, signal }: ApiClientOptions): ApiClient {
  const call = async <T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<T> => {
    const limit = AbortSignal.timeout(callLimitMs);
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
    const text = await answer.text();
    if (!answer.ok) throw refusal(answer.status, text);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  };
  return {
    get: (path) => call('GET', path),
    put: (path, body) => call('PUT', path, body),
    post: (path, body, idempotencyKey) =>
      call('POST', path, body, idempotencyKey ? { 'idempotency-key': idempotencyKey } : {}),
  };
}

function refusal(status: number, text: string): ApiError {
  try {
    const problem = JSON.parse(text) as { code?: unknown; title?: unknown; detail?: unknown };
    const detail = [problem.title, problem.detail].filter((part) => typeof part === 'string');
    return new ApiError(
      status,
      typeof problem.code === 'string' ? problem.code : '',
      `${detail.join(': ')} (${status})`,
    );
  } catch {
    return new ApiError(status, '', `The API answered ${status}: ${text.slice(0, 200)}`);
  }
}
