/** The vendor's SDK for Python, as a program that is kept running. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { providePython } from '../../../../bench/id-mapping/python';
import { parseJson, writeJson } from '../../../../api/vendors/dataworks/json';

export interface SdkAnswer {
  body?: Record<string, unknown>;
  error?: { type: string; code: string; status_code: bigint; message: string; request_id: string };
}

export interface Sdk {
  /** Calls an action; whole numbers of the answer are bigints. */
  call(action: string, request: object): Promise<SdkAnswer>;
  /** The same with another access key. */
  as(key: [string, string]): Pick<Sdk, 'call'>;
  end(): void;
}

/** @param serverUrl where Tablegate answers */
export function startSdk(serverUrl: string, key: [string, string]): Sdk {
  const python = providePython('python3', path.join(__dirname, 'dataworks-requirements.txt'));
  const child = spawn(python.executable, [path.join(__dirname, 'dataworks_sdk.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const endpoint = new URL(serverUrl).host;
  let turn: Promise<unknown> = Promise.resolve();
  const send = (order: object): Promise<SdkAnswer> => {
    const answer = turn.then(async () => {
      child.stdin.write(`${writeJson(order)}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error('the SDK has ended');
      return parseJson(value, 'the answer') as SdkAnswer;
    });
    turn = answer.catch(() => undefined);
    return answer;
  };
  const as = (other: [string, string]) => ({
    call: (action: string, request: object) => send({ key: other, endpoint, action, request }),
  });
  return { ...as(key), as, end: () => child.stdin.end() };
}
