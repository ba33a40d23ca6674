/** The schedule times that a call names, as each task reads them in its timezone. */
import { hasOffset, readInstants, readRangeEnd, type TimeForm } from '../../model/calendar';
import { invalidInput } from '../../model/field-errors';
import type { Slices } from '../../model/slices';
import { sortedTimes } from '../../model/sorted-times';
import { refuseFuture } from '../gate-times';
import { inSlices } from '../in-slices';

/** Times as sent: named ones, or a closed range. */
type TimesText = string[] | { startTime: string; endTime: string };

/**
 * Times as one timezone reads them, in ms. Named ones ascend, each once; of those that the clocks
 * show twice the first is meant, and `twice` has the second.
 */
export type WantedTimes =
  { named: number[]; twice: ReadonlyMap<number, number> } | { from: number; to: number };

export class TimesReader {
  private readonly known = new Map<string, Promise<WantedTimes>>();
  private readonly form: TimeForm;

  /** @param plain true: `yyyy-MM-dd HH:mm:ss` only, as vendors' calls have them */
  constructor(
    private readonly text: TimesText,
    plain: boolean,
  ) {
    this.form = plain ? 'plain' : 'iso';
  }

  /**
   * Checks what does not hang on a timezone: whether these are times, and, where it is plain, which
   * of a range's ends comes first.
   * @throws TablegateError invalidInput as `in` does
   */
  async check(): Promise<void> {
    const { text, form } = this;
    if (Array.isArray(text)) return void (await this.in('UTC'));
    const { startTime, endTime } = text;
    const isPlain = hasOffset(startTime, form) === hasOffset(endTime, form);
    if (isPlain) await this.in('UTC');
    else for (const path of ['startTime', 'endTime'] as const) this.rangeEnd(path, text, 'UTC');
  }

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
    if (Array.isArray(text)) return inSlices(this.readNamed(text, timezone));
    const from = this.rangeEnd('startTime', text, timezone);
    const to = this.rangeEnd('endTime', text, timezone);
    if (from <= to || isWithinSkippedHour(from, to)) return { from, to };
    const message = `it comes before startTime (${text.startTime})`;
    throw invalidInput('body', [{ path: 'endTime', message }]);
  }

  private *readNamed(
    texts: readonly string[],
    timezone: string,
  ): Slices<Extract<WantedTimes, { named: number[] }>> {
    const times: number[] = [];
    const twice = new Map<number, number>();
    for (const [index, text] of texts.entries()) {
      const path = `scheduleTimes[${index}]`;
      const [time, second] = readInstants(text, this.form, timezone, path);
      refuseFuture(time!, path);
      times.push(time!);
      if (second !== undefined) twice.set(time!, second);
      yield;
    }
    return { named: sortedTimes(times), twice };
  }

  private rangeEnd(
    path: 'startTime' | 'endTime',
    text: { startTime: string; endTime: string },
    timezone: string,
  ): number {
    return readRangeEnd(text[path], this.form, timezone, path);
  }
}

/** Both ends of a range that the clocks skip as a whole; see `readRangeEnd`. */
function isWithinSkippedHour(from: number, to: number): boolean {
  return from - to === 1;
}
