/** What a computation says while it goes on. */
import type { ToParent } from './messages';

/** A beat without news, so that the other side knows that the computation lives. */
const beatMs = 1_000;
/** Parts of the whole that the phases take, as measured on ten million rows. */
const phaseStarts = {
  reading: 0,
  collecting: 0.02,
  linking: 0.6,
  comparing: 0.66,
  writing: 0.73,
};
type Phase = keyof typeof phaseStarts;

export class Reporter {
  readonly #send: (message: ToParent) => void;
  readonly #beat: NodeJS.Timeout;
  readonly #seconds: Record<string, number> = {};
  #progress = { fraction: 0, text: 'starting' };
  #phase: { name: Phase; startedAt: number } | null = null;

  constructor(send: (message: ToParent) => void) {
    this.#send = send;
    this.#beat = setInterval(() => this.#tell(), beatMs);
    this.#beat.unref();
  }

  /** Begins a phase; the one before ends. */
  begin(name: Phase): void {
    this.#endPhase();
    this.#phase = { name, startedAt: performance.now() };
  }

  /** @param done share of the present phase, 0 to 1 */
  at(done: number, text: string): void {
    const names = Object.keys(phaseStarts) as Phase[];
    const name = this.#phase?.name ?? 'reading';
    const next = names[names.indexOf(name) + 1];
    const end = next === undefined ? 1 : phaseStarts[next];
    const fraction = phaseStarts[name] + done * (end - phaseStarts[name]);
    this.#progress = { fraction: Math.round(fraction * 1000) / 1000, text };
    this.#tell();
  }

  send(message: ToParent): void {
    this.#send(message);
  }

  log(level: 'info' | 'warn' | 'error', line: string): void {
    this.#send({ type: 'log', level, line });
  }

  /** @returns seconds of each phase, as far as they have gone */
  seconds(): Record<string, number> {
    return { ...this.#seconds, ...this.#ofPhase() };
  }

  /** Ends the last phase and the beat. @returns seconds of each phase */
  end(): Record<string, number> {
    this.#endPhase();
    clearInterval(this.#beat);
    return this.seconds();
  }

  #tell(): void {
    this.#send({ type: 'progress', progress: this.#progress });
  }

  #endPhase(): void {
    Object.assign(this.#seconds, this.#ofPhase());
    this.#phase = null;
  }

  #ofPhase(): Record<string, number> {
    if (this.#phase === null) return {};
    const seconds = (performance.now() - this.#phase.startedAt) / 1000;
    return { [this.#phase.name]: Math.round(seconds * 100) / 100 };
  }
}
