/** The API over a fake `Scheduling`, with its log at hand. */
import { pino } from 'pino';
import request from 'supertest';
import { makeApp } from '../../api/app';
import { readSettings } from '../../config';
import type { Role } from '../../model/people';
import { fakeScheduling, keyOf, type FakeScheduling } from './fake-scheduling';

export const publicUrl = 'http://gate.test';

export const settings = readSettings({ TABLEGATE_PUBLIC_URL: publicUrl, PORT: '0' });

export interface TestApi extends FakeScheduling {
  app: ReturnType<typeof makeApp>;
  /** Everything logged so far. */
  logged(): string;
  /** Sends a request with the key of a role; without one where null. */
  send(role: Role | null, method: string, path: string): request.Test;
}

/** @param consoleDir folder of a built console; none by default */
export function testApi(consoleDir = '/nowhere'): TestApi {
  const fake = fakeScheduling();
  let text = '';
  const log = pino({ level: 'trace' }, { write: (line: string) => void (text += line) });
  const app = makeApp({ scheduling: fake.scheduling, settings, log, consoleDir });
  return {
    ...fake,
    app,
    logged: () => text,
    send: (role, method, path) => {
      const verb = method.toLowerCase() as 'get' | 'post' | 'put' | 'patch' | 'delete';
      const sent = request(app)[verb](path).redirects(0);
      return role ? sent.set('Authorization', `Bearer ${keyOf(role)}`) : sent;
    },
  };
}
