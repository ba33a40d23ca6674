/** Helpers of plans with very many times, held against what is plain and slow. */
import fc from 'fast-check';
import { IsoWriter } from '../../model/iso-times';
import { GatheredTimes, sortedTimes } from '../../model/sorted-times';

const minutes = fc.integer({ min: -30_000_000, max: 60_000_000 }).map((nr) => nr * 60_000);
const instants = fc.oneof(minutes, fc.integer({ min: -8.64e15, max: 8.64e15 }));

it('instants are written as dates write them, before 1970 and past the year 9999 too', () => {
  fc.assert(
    fc.property(fc.array(instants), (times) => {
      const writer = new IsoWriter();
      const written = times.map((time) => writer.write(time));
      expect(written).toEqual(times.map((time) => new Date(time).toISOString()));
    }),
  );
});

it('they are written so where there are more times of day than are kept', () => {
  const writer = new IsoWriter();
  const seconds = Array.from({ length: 5_000 }, (_, nr) => Date.UTC(2026, 0, 1) + nr * 1000);
  for (const time of [...seconds, ...seconds]) {
    expect(writer.write(time)).toBe(new Date(time).toISOString());
  }
});

it('times are gathered once each, in order, in whatever order they come', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 30 })), (times) => {
      const gathered = new GatheredTimes();
      for (const [index, time] of times.entries()) {
        gathered.add(time);
        expect(gathered.count).toBe(new Set(times.slice(0, index + 1)).size);
      }
      expect(gathered.sorted()).toEqual(sortedTimes(times));
    }),
  );
});
