/** The vendor's SDK for Python, as a program that is kept running. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { providePython } from '../../../bench/id-mapping/python';

export interface SdkOrder {
  method: string;
  /** What the request has beside `workspace`. */
  request?: Record<string, unknown>;
  /** Model and fields of the body. */
  body?: [string, Record<string, unknown>];
  project?: string;
  /** Id and secret. */
  key?: [string, string];
  headers?: Record<string, string>;
  /** Name of the project, which the SDK then looks up itself. */
  region?: string;
  /** Changes the body once it is signed. */
  tamper?: boolean;
}

export interface SdkAnswer {
  status?: number;
  answer?: Record<string, unknown>;
  error?: { status_code: number; error_code: string; error_msg: string };
}

export interface Sdk {
  call(order: SdkOrder): Promise<SdkAnswer>;
  end(): void;
}

/**
 * @param endpoint base URL of the server
 * @param key access key that is signed with where an order names none
 */
export function startSdk(endpoint: string, key: [string, string]): Sdk {
  const python = providePython('python3', path.join(__dirname, 'requirements.txt'));
  const child = spawn(python.executable, [path.join(__dirname, 'sdk.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    call: async ({ request, ...order }) => {
      const all = { endpoint, key, project: 'default', ...order };
      const whole = { ...all, request: { workspace: 'default', ...request } };
      child.stdin.write(`${JSON.stringify(whole)}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error('the SDK has ended');
      return JSON.parse(value) as SdkAnswer;
    },
    end: () => child.stdin.end(),
  };
}
