import { createHash } from 'node:crypto';
import { TablegateError } from '../model/errors';
import { applyTriggerUpdate } from '../model/messages';
import type { Caller } from '../model/people';
import type { LedgerEntry, ReceiptView, Trigger, TriggerOutcome } from '../model/trigger';
import { digest, sameText } from '../store/secrets';
import type { TokenRow } from '../store/store';
import { noteAction } from './audit';
import type { SchedulingDeps } from './deps';
import { refuseScheduleTime } from './not-yet';
import type { AcceptedTrigger, Page, PageRequest, TaskService, TriggerService } from './scheduling';
import { waitUntilProjected } from './settle';
import { TriggerQueue } from './trigger-queue';
import type { UseNotes } from './use-notes';

export class Triggers implements TriggerService {
  private readonly queue: TriggerQueue;

  constructor(
    private readonly deps: SchedulingDeps,
    private readonly tasks: Pick<TaskService, 'get'>,
    private readonly uses: UseNotes,
  ) {
    this.queue = new TriggerQueue(deps.gateway);
  }

  async callUrl(call: {
    token: string;
    receipt: string;
    caller: string;
    scheduleTime: string | null;
    idempotencyKey: string | null;
  }): Promise<AcceptedTrigger> {
    const row = await this.liveToken(call.token);
    refuseScheduleTime(call.scheduleTime);
    const { tenant, taskId, table } = row;
    const trigger = makeTrigger({ ...call, table }, `url/${row.version}`);
    try {
      await this.queue.send(tenant, taskId, trigger);
    } catch (error) {
      if (error instanceof TablegateError && error.code === 'taskNotFound') throw refused();
      throw error;
    }
    this.uses.note({ tenant, taskId, table, at: trigger.at, caller: trigger.caller });
    return { receipt: call.receipt, tenant, taskId };
  }

  private async liveToken(token: string): Promise<TokenRow> {
    const row = await this.deps.store.tokens.findByDigest(digest(token));
    if (!row || row.revoked) throw refused();
    const { tenant, taskId, table, version } = row;
    const expected = this.deps.secrets.triggerToken(tenant, taskId, table, version);
    if (!sameText(expected, token)) throw refused();
    return row;
  }

  async call(
    caller: Caller,
    taskId: string,
    call: {
      table: string;
      scheduleTime: string | null;
      receipt: string;
      idempotencyKey: string | null;
    },
  ): Promise<AcceptedTrigger> {
    refuseScheduleTime(call.scheduleTime);
    const { tenant } = caller;
    const task = await this.tasks.get(caller, taskId);
    if (task.kind !== 'triggered') {
      throw new TablegateError(
        'taskKindMismatch',
        `The task is ${task.kind}; only triggered tasks are marked.`,
      );
    }
    if (!task.tables.some((table) => table.name === call.table)) {
      const message = `the table ${call.table} is not in the task; it lists ${task.tables.map((table) => table.name).join(', ')}`;
      throw new TablegateError('tableNotFound', `T${message.slice(1)}.`, {
        fields: [{ path: 'table', message }],
      });
    }
    await this.queue.send(
      tenant,
      taskId,
      makeTrigger({ ...call, caller: caller.name }, `user/${caller.userId}`),
    );
    return { receipt: call.receipt, tenant, taskId };
  }

  async outcome({ tenant, taskId, receipt }: AcceptedTrigger): Promise<ReceiptView | null> {
    try {
      const known = await this.deps.gateway.receipt(tenant, taskId, receipt);
      if (known) return known;
      const entry = await this.deps.store.ledger.find(tenant, taskId, receipt);
      return entry && { outcome: entry.outcome, runId: entry.runId, waitingFor: [] };
    } catch (error) {
      this.deps.log.debug({ err: error, taskId }, 'the outcome of a call could not be asked for');
      return null;
    }
  }

  async ledger(
    caller: Caller,
    taskId: string,
    filter: { outcome: TriggerOutcome | null; table: string | null },
    page: PageRequest,
  ): Promise<Page<LedgerEntry>> {
    const { store, gateway } = this.deps;
    if (!(await store.tasks.exists(caller.tenant, taskId))) await this.tasks.get(caller, taskId);
    if (page.pageToken === null) await waitUntilProjected(gateway, caller.tenant, taskId);
    return store.ledger.list(caller.tenant, taskId, filter, page);
  }

  async apply(caller: Caller, taskId: string, receipt: string): Promise<LedgerEntry> {
    const { store, gateway } = this.deps;
    const { tenant } = caller;
    await this.tasks.get(caller, taskId);
    await waitUntilProjected(gateway, tenant, taskId);
    const entry = await store.ledger.find(tenant, taskId, receipt);
    if (!entry) throw new TablegateError('triggerNotFound', `There is no trigger call ${receipt}.`);
    if (entry.outcome !== 'ignored') {
      throw new TablegateError(
        'triggerNotApplicable',
        `This call was ${entry.outcome}; only ignored calls can be applied.`,
      );
    }
    const answer = await gateway.update(
      tenant,
      taskId,
      applyTriggerUpdate,
      [{ entry, by: caller.name }],
      `apply/${receipt}`,
    );
    await waitUntilProjected(gateway, tenant, taskId);
    const detail = { receipt, table: entry.table };
    await noteAction(store, caller, 'trigger.apply', `task/${taskId}`, detail);
    return answer.entry ?? (await store.ledger.find(tenant, taskId, receipt)) ?? entry;
  }
}

/** One and the same for every token that is not live. */
function refused(): TablegateError {
  return new TablegateError('triggerUrlRefused', 'This trigger URL is not valid, or not any more.');
}

/** @param scope whose Idempotency-Keys these are: two callers may choose the same one */
function makeTrigger(
  call: {
    receipt: string;
    table: string;
    caller: string;
    idempotencyKey: string | null;
  },
  scope: string,
): Trigger {
  const { receipt, table, caller, idempotencyKey } = call;
  return {
    receipt,
    table,
    at: new Date().toISOString(),
    caller: caller.slice(0, 64),
    scheduleTime: null,
    key: idempotencyKey === null ? null : keyDigest([scope, idempotencyKey, table]),
  };
}

/** Short enough for a thousand of them in a task's state; 128 bits do not collide. */
function keyDigest(parts: string[]): string {
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest();
  return hash.subarray(0, 16).toString('base64url');
}
