import { TablegateError } from '../model/errors';
import {
  idMappingJobType,
  type IdChain,
  type LookedUpId,
  type LookedUpUser,
  type LookUpAnswer,
  type LookUpQuestion,
} from '../model/look-up';
import type { Caller } from '../model/people';
import type { SchedulingDeps } from './deps';
import type { LookUpService, TaskRead, TaskService } from './scheduling';

/** Questions about results: a worker has the data, and answers them. */
export class LookUps implements LookUpService {
  constructor(
    private readonly deps: Pick<SchedulingDeps, 'gateway'>,
    private readonly tasks: Pick<TaskService, 'get'>,
  ) {}

  async user(caller: Caller, taskId: string, id: LookedUpId): Promise<LookedUpUser> {
    const answer = await this.ask(caller, taskId, { about: 'user', id });
    if (answer.kind === 'user') return answer.user;
    throw unasked(answer);
  }

  async chain(
    caller: Caller,
    taskId: string,
    ends: { from: LookedUpId; to: LookedUpId },
  ): Promise<IdChain> {
    const answer = await this.ask(caller, taskId, { about: 'chain', ...ends });
    if (answer.kind === 'chain') return answer.chain;
    throw unasked(answer);
  }

  private async ask(
    caller: Caller,
    taskId: string,
    question: LookUpQuestion,
  ): Promise<LookUpAnswer> {
    const { tenant } = caller;
    const task = await this.tasks.get(caller, taskId);
    refuseOtherJobs(task);
    const { number: taskNumber, job, name } = task;
    const tables = task.tables.map((table) => table.name);
    const input = { tenant, taskId, taskNumber, tables, config: job.config, question };
    const answer = await this.deps.gateway.lookUp(input, name);
    if (answer.kind === 'refused') throw new TablegateError(answer.code, answer.detail);
    return answer;
  }
}

function refuseOtherJobs({ name, job }: TaskRead): void {
  if (job.type === idMappingJobType) return;
  throw new TablegateError(
    'noIdMapping',
    `The task "${name}" has a job of the type ${job.type}; ask one whose job is ${idMappingJobType}.`,
  );
}

function unasked({ kind }: LookUpAnswer): Error {
  return new Error(`the look-up answered with a ${kind}, which was not asked for`);
}
