/** Tasks that an import keeps: what their workflow takes from it, and refuses to people. */
import { handOver, takeOver } from '../../model/hand-over';
import { recurrenceSchema } from '../../model/recurrence';
import { describeTask } from '../../model/task-state';
import {
  requestCells,
  takeImport,
  takeTick,
  whyNotEdit,
  whyNotImport,
  whyNotReset,
  whyNotStart,
} from '../../model/task-steps';
import type { TaskDefinition } from '../../model/task';
import { Machine } from '../support/workflows/machine';

const time = '2026-06-01T00:00:00.000Z';
const recurring: Partial<TaskDefinition> = {
  kind: 'recurring',
  recurrence: recurrenceSchema.parse({ every: 'hour' }),
};
const imported = { source: 'erp', externalId: 'nightly-7' };

function importedTask(definition: Partial<TaskDefinition> = {}): Machine {
  const machine = new Machine({ kind: 'manual', ...definition });
  machine.state.imported = imported;
  return machine;
}

it.each(['manual', 'recurring'] as const)(
  'QA-11, QA-12: an imported %s task refuses edits, pauses and its removal by people',
  (kind) => {
    const machine = importedTask(kind === 'recurring' ? recurring : {});
    expect(whyNotEdit(machine.state, null)).toEqual({
      code: 'taskImported',
      detail:
        'the task is imported from erp (nightly-7), which alone edits, pauses and removes it; ' +
        'change it there, and import it again',
    });
    expect(whyNotReset(machine.state, null)).toMatchObject({ code: 'taskKindMismatch' });
  },
);

it('QA-09, QA-10: a person starts an imported manual task, and not a recurring one', () => {
  expect(whyNotStart(importedTask().state)).toBeNull();
  const refusal = whyNotStart(importedTask(recurring).state);
  expect(refusal).toMatchObject({ code: 'taskImported' });
  expect(refusal!.detail).toContain('imported from erp (nightly-7) and recurring');
});

it('runs an imported recurring task at its times, and for backfills of what comes before it', () => {
  const machine = importedTask(recurring);
  takeTick(machine.state, { scheduleTime: time, nextTime: null }, machine.context());
  expect(machine.state.dated).toMatchObject([{ scheduleTime: time }]);
  const cell = { backfills: ['b1'], existing: 'rerun', attempts: 0, status: null, by: 'Ada' };
  const earlier = '2026-05-31T23:00:00.000Z';
  requestCells(machine.state, [{ ...cell, scheduleTime: earlier } as never], machine.context());
  expect(machine.state.cellRuns).toMatchObject([{ scheduleTime: earlier, startedBy: 'backfill' }]);
});

it('takes settings, pause and removal from its import', () => {
  const machine = importedTask();
  const take = (patch: object, paused: boolean): void =>
    takeImport(machine.state, { patch, paused }, 'Ada', machine.context());
  expect(whyNotImport(machine.state)).toBeNull();
  take({ name: 'Other' }, true);
  expect(machine.state).toMatchObject({ paused: true, definition: { name: 'Other' }, version: 3 });
  take({}, false);
  expect(machine.state).toMatchObject({ paused: false, version: 4 });
  takeImport(machine.state, null, 'Ada', machine.context());
  expect(machine.state.removed).toMatchObject({ by: 'Ada' });
  expect(whyNotImport(machine.state)).toMatchObject({ code: 'taskRemoved' });
});

it('refuses an import of a task that was made here', () => {
  expect(whyNotImport(new Machine().state)).toMatchObject({ code: 'idTaken' });
});

it('goes on being imported after a roll-over, and shows it', () => {
  const { state } = importedTask();
  const next = takeOver(JSON.parse(JSON.stringify(handOver(state))) as ReturnType<typeof handOver>);
  expect(describeTask(next)).toMatchObject({ imported });
  expect(describeTask(new Machine().state)).toMatchObject({ imported: null });
});
