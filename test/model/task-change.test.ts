/** Changes as DataWorks' clients send them, made whole by the task that they are for. */
import { recurrenceSchema } from '../../model/recurrence';
import { cronOf, plainTimeOf, settleChange, type TriggerChange } from '../../model/task-change';
import type { TaskView } from '../../model/task';
import { task as sample } from '../support/samples';

const nightly = recurrenceSchema.parse({ cron: '0 30 2 * * ?', catchUp: 'all' });
const recurring: TaskView = {
  ...{ ...sample, kind: 'recurring', recurrence: nightly, timezone: 'Asia/Shanghai' },
};
const settle = (task: TaskView, trigger: TriggerChange, fields = {}) =>
  settleChange(task, { fields, trigger });

test('DW-17: one field of the trigger leaves its others', () => {
  expect(settle(recurring, { cron: '0 0 0 * * ?' })).toEqual({
    patch: { recurrence: { ...nightly, cron: '0 0 0 * * ?' } },
    paused: undefined,
  });
  expect(settle(recurring, { endTime: '2026-01-20 00:00:00' }).patch.recurrence).toEqual({
    ...nightly,
    endTime: '2026-01-19T16:00:00.000Z',
  });
});

test('DW-02: what is as it was changes nothing', () => {
  const same = { kind: 'recurring', mode: 'normal', cron: '0 30 2 * * ?' } as const;
  expect(settle(recurring, same)).toEqual({ patch: {}, paused: false });
  expect(settle(recurring, {}, { name: 'N' })).toEqual({ patch: { name: 'N' }, paused: undefined });
});

test('DW-18, DW-19: Scheduler makes it recurring, Manual manual, and a recurring one needs a time', () => {
  const manual = { ...recurring, kind: 'manual' as const };
  expect(settle(manual, { kind: 'recurring' }).patch).toEqual({ kind: 'recurring' });
  expect(settle(recurring, { kind: 'manual' }).patch).toEqual({ kind: 'manual' });
  const never = { ...manual, recurrence: null };
  const { patch } = settle(never, { kind: 'recurring', cron: '0 0 0 * * ?' });
  expect(patch).toMatchObject({ kind: 'recurring', recurrence: { cron: '0 0 0 * * ?' } });
  expect(() => settle(never, { kind: 'recurring' })).toThrow(/recurrence\.cron.*needed/);
});

test('DW-20: with Manual the rest of the trigger has no effect and is no error', () => {
  const rest = { mode: 'pause', cron: 'no cron at all', startTime: '2026-01-20 00:00:00' } as const;
  expect(settle(recurring, { kind: 'manual', ...rest })).toEqual({
    ...{ patch: { kind: 'manual' }, paused: undefined },
  });
  expect(settle({ ...sample, kind: 'triggered' }, rest)).toEqual({ patch: {}, paused: undefined });
});

test('DW-21: Pause sets the pause flag, Skip the mode, Normal takes both away', () => {
  const skipping = { ...recurring, recurrence: { ...nightly, mode: 'skip' as const } };
  expect(settle(recurring, { mode: 'pause' })).toEqual({ patch: {}, paused: true });
  expect(settle(recurring, { mode: 'skip' })).toMatchObject({
    ...{ patch: { recurrence: { mode: 'skip' } }, paused: false },
  });
  expect(settle(skipping, { mode: 'normal' })).toMatchObject({
    ...{ patch: { recurrence: { mode: 'normal' } }, paused: false },
  });
});

test('DW-24, DW-25: the vendor’s first and last times stand for no start and no end', () => {
  const bounded = {
    ...recurring,
    recurrence: {
      ...nightly,
      startTime: '2026-01-01T00:00:00.000Z',
      endTime: '2027-01-01T00:00:00.000Z',
    },
  };
  const ends = { startTime: '1970-01-01 00:00:00', endTime: '9999-01-01 00:00:00' };
  expect(settle(bounded, ends).patch.recurrence).toEqual(nightly);
  expect(plainTimeOf(null, ends.endTime, 'UTC')).toBe(ends.endTime);
  expect(plainTimeOf('2026-01-19T16:00:00.000Z', '', 'Asia/Shanghai')).toBe('2026-01-20 00:00:00');
});

test.each([
  [{ every: 'day', at: '02:30' }, '00 30 02 * * ?'],
  [{ every: 'day', at: '23:59:58' }, '58 59 23 * * ?'],
  [{ every: 'hour', from: '01:15', interval: 6 }, '00 15 01-23/6 * * ?'],
  [{ cron: '0 0 12 ? * MON' }, '0 0 12 ? * MON'],
])('DW-22: a recurrence is read back as a cron: %j', (sent, cron) => {
  expect(cronOf(recurrenceSchema.parse(sent))).toBe(cron);
});
