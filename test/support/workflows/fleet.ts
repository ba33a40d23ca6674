/** Several tasks that come after one another, each with its state machine and its records. */
import { isUpstream } from '../../../model/lineage';
import { needsOf } from '../../../model/needs';
import type { EndedStatus, RunProjection, RunStatus } from '../../../model/run';
import { liveRuns } from '../../../model/task-state';
import * as steps from '../../../model/task-steps';
import type { TaskTimes } from '../../../model/task-times';
import { RecordBook } from './record-book';
import { hourly, TimeMachine, withPolicy } from './time-machine';

/** One run, from when it began to its end. */
export interface FleetRun {
  task: string;
  time: string;
  attempt: number;
  /** Places in the order of all that happened. */
  begun: number;
  ended: number | null;
  status: EndedStatus | null;
}

const bad: readonly RunStatus[] = [
  ...(['failed', 'timedOut', 'cancelled', 'skipped', 'missed', 'blocked'] as const),
];

export class Fleet {
  readonly runs: FleetRun[] = [];
  private readonly machines = new Map<string, TimeMachine>();
  private readonly books = new Map<string, RecordBook>();
  private moment = 0;

  constructor(
    readonly tasks: readonly TaskTimes[],
    maxParallel: number,
  ) {
    for (const { task } of tasks) {
      const recurrence = { ...task.recurrence, ...hourly({ catchUp: 'all' }) };
      const machine = new TimeMachine({ recurrence, ...withPolicy({ maxParallel }) });
      this.machines.set(task.id, machine);
      this.books.set(task.id, new RecordBook());
    }
  }

  machine(id: string): TimeMachine {
    return this.machines.get(id)!;
  }

  book(id: string): RecordBook {
    return this.books.get(id)!;
  }

  runsOf(task: string, time: string): FleetRun[] {
    return this.runs.filter((run) => run.task === task && run.time === time);
  }

  /** Tasks that have something to be asked. */
  asking(): string[] {
    return [...this.machines]
      .filter(([, { state }]) => state.dated.some((gate) => gate.ask))
      .map(([id]) => id);
  }

  /** Runs that go on: task and run. */
  live(): { id: string; runId: string }[] {
    return [...this.machines].flatMap(([id, { state }]) =>
      liveRuns(state).flatMap(({ runId, definition }) => (definition ? [] : [{ id, runId }])),
    );
  }

  tick(id: string, time: string): void {
    this.act(id, (machine) => machine.tick(time));
  }

  /** Answers what a task asks by the records of those upstream. */
  judge(id: string): void {
    this.act(id, (machine) => {
      const judgements = steps.takeGatesToJudge(machine.state).map((scheduleTime) => ({
        ...{ scheduleTime, known: this.book(id).known(scheduleTime) },
        ...this.stand(id, scheduleTime),
      }));
      steps.judgeGates(machine.state, judgements, machine.context(), machine.state.definition);
    });
  }

  end(id: string, runId: string, status: EndedStatus): void {
    this.act(id, (machine) => {
      steps.endRun(machine.state, machine.endOf(runId, status), machine.context());
    });
  }

  /** Does something to one task, and brings about what follows of itself. */
  act(id: string, act: (machine: TimeMachine) => void): void {
    const machine = this.machine(id);
    act(machine);
    const { runs, ledger } = machine.state.outbox;
    for (const record of runs) this.note(id, record);
    this.book(id).write(runs);
    const { revision } = machine.state;
    const hasNews = runs.some(({ status }) => status !== 'queued');
    steps.confirmProjected(machine.state, { ledger: ledger.length, runs: runs.length, revision });
    for (const { runId } of steps.runsToStart(machine.state)) {
      steps.runHandedOver(machine.state, runId);
    }
    if (hasNews) for (const down of this.downstreamOf(id)) this.nudge(down);
  }

  private nudge(id: string): void {
    steps.upstreamChanged(this.machine(id).state);
  }

  private downstreamOf(id: string): string[] {
    const { task } = this.timesOf(id);
    return this.tasks.filter((down) => isUpstream(task, down.task)).map((down) => down.task.id);
  }

  private timesOf(id: string): TaskTimes {
    return this.tasks.find(({ task }) => task.id === id)!;
  }

  private stand(id: string, time: string): Pick<steps.Judgement, 'upstream' | 'reason'> {
    const down = this.timesOf(id);
    const statuses = this.tasks
      .filter((up) => isUpstream(up.task, down.task))
      .flatMap((up) =>
        needsOf(down, Date.parse(time), up).map(
          (needed) => this.book(up.task.id).known(new Date(needed).toISOString())?.status,
        ),
      );
    const obstacle = statuses.find((status) => status !== undefined && bad.includes(status));
    if (obstacle) return { upstream: 'blocked', reason: `upstream is ${obstacle}` };
    if (statuses.every((status) => status === 'succeeded'))
      return { upstream: 'met', reason: null };
    return { upstream: 'waiting', reason: 'upstream is on its way' };
  }

  private note(task: string, { scheduleTime, attempt, status }: RunProjection): void {
    if (scheduleTime === null || attempt === 0) return;
    this.moment += 1;
    if (status === 'queued') {
      const begun = this.moment;
      this.runs.push({ task, time: scheduleTime, attempt, begun, ended: null, status: null });
      return;
    }
    const run = this.runsOf(task, scheduleTime).find((one) => one.attempt === attempt)!;
    Object.assign(run, { ended: this.moment, status });
  }
}
