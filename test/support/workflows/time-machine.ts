/** The state machine driven through time by hand: due times, what they wait for, and cells. */
import type { CellEnd, CellRequest } from '../../../model/backfill';
import type { Recurrence } from '../../../model/recurrence';
import type { EndedStatus, RunProjection } from '../../../model/run';
import type { DefinitionPatch, TaskDefinition } from '../../../model/task';
import { defaultRunPolicy } from '../../../model/task';
import * as steps from '../../../model/task-steps';
import { listed, one } from './definition';
import { Machine } from './machine';
import { RecordBook } from './record-book';

/** The hours of the day on which every machine's clock begins. */
export const hour = (number: number): string =>
  new Date(Date.UTC(2026, 5, 1, number)).toISOString();

export const hourly = (given: Partial<Recurrence> = {}): Recurrence =>
  ({
    ...{ every: 'hour', from: '00:00', interval: 1, startTime: null, endTime: null },
    ...{ mode: 'normal', catchUp: 'latest', ...given },
  }) as Recurrence;

/** A recurring task of every hour, but for what is given. */
export class TimeMachine extends Machine {
  closing = false;

  constructor(definition: Partial<TaskDefinition> = {}) {
    super({ kind: 'recurring', tables: listed(one), recurrence: hourly(), ...definition });
  }

  override context(): steps.StepContext {
    return { ...super.context(), closing: () => this.closing };
  }

  /** Sets the clock; it never goes back. */
  until(time: string): void {
    this.later(Math.max(0, Date.parse(time) - Date.parse(this.now())));
  }

  /** Delivers a due time, no earlier than it is due. */
  tick(scheduleTime: string, nextTime: string | null = null): void {
    this.until(scheduleTime);
    steps.takeTick(this.state, { scheduleTime, nextTime }, this.context());
  }

  /** Answers what the task asks now about its gates. @returns the times that were asked about */
  answer(upstream: steps.Judgement['upstream'], given: Partial<steps.Judgement> = {}): string[] {
    const times = steps.takeGatesToJudge(this.state);
    const reason = upstream === 'met' ? null : `Upstream is ${upstream}`;
    const judgements = times.map((scheduleTime) => ({
      ...{ scheduleTime, upstream, reason, known: null, ...given },
    }));
    steps.judgeGates(this.state, judgements, this.context(), this.state.definition);
    return times;
  }

  /** A due time for which nothing has to be waited. */
  due(scheduleTime: string): void {
    this.tick(scheduleTime);
    this.answer('met');
  }

  request(times: string | string[], given: Partial<CellRequest> = {}): void {
    const cells = [times].flat().map((scheduleTime) => ({ ...aCell(scheduleTime), ...given }));
    steps.requestCells(this.state, cells, this.context());
  }

  stop(backfill: string, kill = false): void {
    steps.stopCells(this.state, backfill, kill);
  }

  passTime(): void {
    steps.passTime(this.state, this.context());
  }

  /** Schedule times of the cells that run. */
  running(): (string | null)[] {
    return this.state.cellRuns.map((run) => run.scheduleTime);
  }

  /** Schedule times of the cells that wait. */
  waiting(): string[] {
    return this.state.cells.map((cell) => cell.scheduleTime);
  }

  gates(): string[] {
    return this.state.dated.map((gate) => gate.scheduleTime);
  }

  endCell(scheduleTime: string, status: EndedStatus = 'succeeded'): string {
    const { runId } = this.state.cellRuns.find((run) => run.scheduleTime === scheduleTime)!;
    steps.runHandedOver(this.state, runId);
    steps.endRun(this.state, this.endOf(runId, status), this.context());
    return runId;
  }

  policy(runPolicy: DefinitionPatch['runPolicy']): void {
    this.edit({ runPolicy: { ...runPolicy } });
  }

  /** What a backfill is told from now on, with what it has not been told yet. */
  ends(backfill = 'b1'): CellEnd[] {
    const ends = this.state.reports
      .filter((report) => report.backfill === backfill)
      .map(({ end }) => end);
    steps.confirmReports(this.state, backfill, ends.length);
    return ends;
  }

  records(scheduleTime: string): RunProjection[] {
    const book = new RecordBook();
    book.write(this.state.outbox.runs);
    return book.of(scheduleTime);
  }
}

export function withPolicy(runPolicy: Partial<TaskDefinition['runPolicy']>) {
  return { runPolicy: { ...defaultRunPolicy, ...runPolicy } };
}

function aCell(scheduleTime: string): CellRequest {
  return {
    ...{ scheduleTime, backfills: ['b1'], existing: 'rerun' },
    ...{ attempts: 0, status: null, by: 'somebody' },
  };
}
