import { TablegateError } from '../model/errors';
import { applyTriggerUpdate } from '../model/messages';
import type { Caller } from '../model/people';
import type { LedgerEntry, ReceiptView } from '../model/trigger';
import { digest, sameText } from '../store/secrets';
import type { TokenRow } from '../store/store';
import { noteAction } from './audit';
import type { SchedulingDeps } from './deps';
import { readGateTime } from './gate-times';
import { requireTable } from './known-tables';
import { makeTrigger } from './make-trigger';
import { sendMarks } from './marks';
import type {
  AcceptedTrigger,
  LedgerFilter,
  Page,
  PageRequest,
  TaskRead,
  TaskService,
  TriggerService,
} from './scheduling';
import { waitUntilProjected } from './settle';
import { isRefusal } from './task-refusals';
import { readTimeSpan } from './time-spans';
import type { TriggerQueue } from './trigger-queue';
import type { UseNotes } from './use-notes';

export class Triggers implements TriggerService {
  constructor(
    private readonly deps: SchedulingDeps,
    private readonly tasks: Pick<TaskService, 'get'>,
    private readonly uses: UseNotes,
    private readonly queue: TriggerQueue,
  ) {}

  async callUrl(call: {
    token: string;
    receipt: string;
    caller: string;
    scheduleTime: string | null;
    idempotencyKey: string | null;
  }): Promise<AcceptedTrigger> {
    const row = await this.liveToken(call.token);
    const { tenant, taskId, table } = row;
    const scheduleTime =
      call.scheduleTime === null ? null : await this.readTime(row, call.scheduleTime);
    const trigger = makeTrigger({ ...call, table, scheduleTime }, `url/${row.version}`);
    try {
      await this.queue.send(tenant, taskId, trigger);
    } catch (error) {
      if (isRefusal(error, 'taskNotFound')) throw refused();
      throw error;
    }
    this.uses.note({ tenant, taskId, table, at: trigger.at, caller: trigger.caller });
    return { receipt: call.receipt, tenant, taskId, scheduleTime };
  }

  private async liveToken(token: string): Promise<TokenRow> {
    const row = await this.deps.store.tokens.findByDigest(digest(token));
    if (!row || row.revoked) throw refused();
    const { tenant, taskId, table, version } = row;
    const expected = this.deps.secrets.triggerToken(tenant, taskId, table, version);
    if (!sameText(expected, token)) throw refused();
    return row;
  }

  /** A time with an offset needs no look at the task. */
  private async readTime({ tenant, taskId }: TokenRow, text: string): Promise<string> {
    if (hasOffset(text)) return readGateTime(text, 'UTC');
    const task = await this.deps.store.tasks.find(tenant, taskId);
    if (!task) throw refused();
    return readGateTime(text, task.timezone);
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
    const { tenant } = caller;
    const task = await this.tasks.get(caller, taskId);
    requireListed(task, call.table);
    const scheduleTime =
      call.scheduleTime === null ? null : readGateTime(call.scheduleTime, task.timezone);
    const sent = { ...call, scheduleTime, caller: caller.name };
    await this.queue.send(tenant, taskId, makeTrigger(sent, `user/${caller.userId}`));
    await this.noteMark(caller, taskId, { table: call.table, scheduleTime, receipt: call.receipt });
    return { receipt: call.receipt, tenant, taskId, scheduleTime };
  }

  /** Temporal has the call by now: it is taken, whatever becomes of this line. */
  private async noteMark(
    caller: Caller,
    taskId: string,
    detail: { table: string; scheduleTime: string | null; receipt: string },
  ): Promise<void> {
    const { store, log } = this.deps;
    try {
      await noteAction(store, caller, 'task.mark', `task/${taskId}`, detail);
    } catch (error) {
      log.warn({ err: error, taskId }, 'a mark could not be noted in the audit');
    }
  }

  async callTable(
    caller: Caller,
    table: string,
    call: { receipt: string; idempotencyKey: string | null },
  ): Promise<{ marks: number }> {
    const { store } = this.deps;
    const { tenant } = caller;
    const tasks = await store.tasks.tasksOfTable(tenant, table);
    if (tasks.length === 0) await requireTable(store, tenant, table);
    const marks = tasks
      .filter(({ kind, lists }) => kind === 'triggered' && lists.includes(table))
      .map(({ id }) => ({ taskId: id, table, scheduleTime: null }));
    await sendMarks(this.queue, caller, marks, call);
    await noteAction(store, caller, 'table.trigger', `table/${table}`, { marks: marks.length });
    return { marks: marks.length };
  }

  async outcome(accepted: AcceptedTrigger): Promise<ReceiptView | null> {
    const { tenant, taskId, receipt, scheduleTime } = accepted;
    try {
      const known = await this.deps.gateway.receipt(tenant, taskId, receipt, scheduleTime);
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
    filter: LedgerFilter,
    page: PageRequest,
  ): Promise<Page<LedgerEntry>> {
    const { store, gateway, settings } = this.deps;
    const span = readTimeSpan(filter, settings.timezone);
    if (!(await store.tasks.exists(caller.tenant, taskId))) await this.tasks.get(caller, taskId);
    if (page.pageToken === null) await waitUntilProjected(gateway, caller.tenant, taskId);
    return store.ledger.list(caller.tenant, taskId, { ...filter, ...span }, page);
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

/** True for a time that is the same instant in every timezone. */
function hasOffset(text: string): boolean {
  return /(?:Z|[+-]\d\d:?\d\d)$/i.test(text.trim());
}

function requireListed({ kind, tables }: TaskRead, table: string): void {
  if (kind !== 'triggered') {
    throw new TablegateError(
      'taskKindMismatch',
      `The task is ${kind}; only triggered tasks are marked.`,
    );
  }
  const names = tables.map(({ name }) => name);
  if (names.includes(table)) return;
  const message = `the table ${table} is not in the task; it lists ${names.join(', ')}`;
  throw new TablegateError('tableNotFound', `T${message.slice(1)}.`, {
    fields: [{ path: 'table', message }],
  });
}
