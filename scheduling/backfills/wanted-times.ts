/** The schedule times that a call names, as each task reads them in its timezone. */
import { readPlainTime, readScheduleTime } from '../../model/calendar';
import { invalidInput } from '../../model/field-errors';
import type { Slices } from '../../model/slices';
import { sortedTimes } from '../../model/sorted-times';
import { refuseFuture } from '../gate-times';
import { inSlices } from '../in-slices';

/** Times as sent: named ones, or a closed range. */
type TimesText = string[] | { startTime: string; endTime: string };

/** Times as one timezone reads them, in ms; named ones ascending, each once. */
export type WantedTimes = { named: number[] } | { from: number; to: number };

export class TimesReader {
  private readonly known = new Map<string, Promise<WantedTimes>>();

  /** @param plain true: `yyyy-MM-dd HH:mm:ss` only, as vendors' calls have them */
  constructor(
    private readonly text: TimesText,
    private readonly plain: boolean,
  ) {}

  /**
   * @throws TablegateError invalidInput naming the time that cannot be read, is more than a year
   * ahead, or ends a range before it begins
   */
  in(timezone: string): Promise<WantedTimes> {
    const known = this.known.get(timezone) ?? this.read(timezone);
    this.known.set(timezone, known);
    return known;
  }

  private async read(timezone: string): Promise<WantedTimes> {
    const { text } = this;
    if (Array.isArray(text)) return { named: await inSlices(this.readNamed(text, timezone)) };
    const from = this.instant(text.startTime, timezone, 'startTime');
    const to = this.instant(text.endTime, timezone, 'endTime');
    if (from <= to) return { from, to };
    const message = `it comes before startTime (${text.startTime})`;
    throw invalidInput('body', [{ path: 'endTime', message }]);
  }

  private *readNamed(texts: readonly string[], timezone: string): Slices<number[]> {
    const times: number[] = [];
    for (const [index, text] of texts.entries()) {
      const path = `scheduleTimes[${index}]`;
      const time = this.instant(text, timezone, path);
      refuseFuture(time, path);
      times.push(time);
      yield;
    }
    return sortedTimes(times);
  }

  private instant(text: string, timezone: string, path: string): number {
    const read = this.plain ? readPlainTime : readScheduleTime;
    return Date.parse(read(text, timezone, path));
  }
}
