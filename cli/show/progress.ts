/** A line that tells how something goes: redrawn on a terminal, else written now and then. */
import { cutTo } from './width';

/** Between two lines that differ, where nothing can be redrawn. */
const betweenLinesMs = 5_000;
/** After so long even the same line is written again, as a sign of life. */
const signOfLifeMs = 60_000;
/** Of a terminal that does not know its size, or says 0. */
const usualColumns = 80;

export interface ProgressStream {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

export class ProgressLine {
  private shown: string | null = null;
  private writtenAt = 0;

  constructor(
    private readonly stream: ProgressStream,
    private readonly now: () => number = Date.now,
  ) {}

  /** Columns that a line may have; null: any. */
  get room(): number | null {
    return this.stream.isTTY ? (this.stream.columns || usualColumns) - 1 : null;
  }

  /** @param at once true: it is written even where the last line is fresh */
  show(line: string, atOnce = false): void {
    const { stream, room } = this;
    if (room !== null) {
      stream.write(`\r\u001b[2K${cutTo(line, room)}`);
      this.shown = line;
    } else if (atOnce ? line !== this.shown : this.isDue(line)) {
      stream.write(`${line}\n`);
      this.shown = line;
      this.writtenAt = this.now();
    }
  }

  /** Leaves the last line where it stands, so that what follows begins on a line of its own. */
  end(): void {
    if (this.room !== null && this.shown !== null) this.stream.write('\n');
    this.shown = null;
  }

  private isDue(line: string): boolean {
    if (this.shown === null) return true;
    const wait = line === this.shown ? signOfLifeMs : betweenLinesMs;
    return this.now() - this.writtenAt >= wait;
  }
}
