/** The native REST API as a test calls it: refusals are answers too. */

export interface Answer<Body> {
  status: number;
  headers: Headers;
  body: Body;
}

/** A refusal as the API words it. */
export interface Problem {
  status: number;
  code: string;
  detail: string;
  errors?: { path: string; message: string }[];
}

export interface Sent {
  /** Sent as JSON; a Buffer as it is. */
  body?: unknown;
  headers?: Record<string, string>;
}

export class TestClient {
  /** @param url base URL of the server, without `/api/v1` */
  constructor(
    readonly url: string,
    readonly key: string,
  ) {}

  /** The same server for the owner of another key. */
  as(key: string): TestClient {
    return new TestClient(this.url, key);
  }

  /** @param path below `/api/v1` */
  async call<Body = Problem>(method: string, path: string, sent: Sent = {}): Promise<Answer<Body>> {
    const { body, headers } = sent;
    const answer = await fetch(`${this.url}/api/v1${path}`, {
      method,
      redirect: 'manual',
      headers: {
        authorization: `Bearer ${this.key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body) }),
    });
    const text = await answer.text();
    const parsed = (text === '' ? null : JSON.parse(text)) as Body;
    return { status: answer.status, headers: answer.headers, body: parsed };
  }

  get<Body>(path: string): Promise<Body> {
    return this.taken('GET', path);
  }
  post<Body>(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Body> {
    return this.taken('POST', path, { body, headers });
  }
  put<Body>(path: string, body: unknown): Promise<Body> {
    return this.taken('PUT', path, { body });
  }
  patch<Body>(path: string, body: unknown): Promise<Body> {
    return this.taken('PATCH', path, { body });
  }
  async delete(path: string): Promise<void> {
    await this.taken('DELETE', path);
  }

  private async taken<Body>(method: string, path: string, sent: Sent = {}): Promise<Body> {
    const { status, body } = await this.call<Body>(method, path, sent);
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(body)}`);
    return body;
  }
}
