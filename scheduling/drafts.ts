import { TablegateError } from '../model/errors';
import { isId } from '../model/names';
import type { Caller } from '../model/people';
import type { SchedulingDeps } from './deps';
import type { DraftView } from './scheduling';
import { triggerUrlOf } from './trigger-urls';

/** How long a draft's id may be saved under. */
const draftLifetimeMs = 24 * 3600 * 1000;

/** Ids that are given out, with their trigger URLs, before a task exists. */
export class Drafts {
  constructor(private readonly deps: SchedulingDeps) {}

  async draft(
    { tenant }: Caller,
    draft: { id?: string | undefined; tables: string[] },
  ): Promise<DraftView> {
    const { secrets, store } = this.deps;
    const until = new Date(Date.now() + draftLifetimeMs);
    const id = draft.id ?? secrets.makeDraftId(tenant, until);
    const isSaved = isId(id) && (await store.tasks.exists(tenant, id));
    if (isSaved && (await store.tasks.find(tenant, id)) === null) throw idTaken(id);
    const versions = await store.tokens.versions(tenant, id, draft.tables);
    return {
      id,
      expiresAt: isSaved ? null : this.expiryOf(tenant, id).toISOString(),
      triggerUrls: draft.tables.map((table, index) => ({
        table,
        url: triggerUrlOf(this.deps, { tenant, taskId: id, table, version: versions[index]! }),
      })),
    };
  }

  /**
   * Until when an id may be saved under.
   * @throws TablegateError draftExpired, also for an id that was not given out here
   */
  expiryOf(tenant: string, id: string): Date {
    const expiry = isId(id) ? this.deps.secrets.draftExpiry(tenant, id) : null;
    if (expiry !== null && expiry.getTime() > Date.now()) return expiry;
    const message =
      expiry === null
        ? 'it was not given out by POST /tasks:draft; ask for a draft, or leave it out'
        : 'it has expired; a draft lasts a day, ask for a new one';
    throw new TablegateError('draftExpired', `The id is not valid: ${message}.`, {
      fields: [{ path: 'id', message }],
    });
  }
}

/** The refusal of an id that a task has or had. */
export function idTaken(taskId: string): TablegateError {
  const message = `the id ${taskId} has been used; ask for a new draft`;
  return new TablegateError('idTaken', `T${message.slice(1)}.`, {
    fields: [{ path: 'id', message }],
  });
}
