/**
 * Holds back who tries one wrong key after another. Keys cannot be guessed (112 random bits), so this
 * only spares the store and the log, and is gentle: a try comes back every few seconds. It is kept in
 * memory, by the address that the connection comes from; those behind one proxy share it. Packages
 * for this count calls in windows, the good ones too, and would be more than these lines.
 */
import { TablegateError } from '../model/errors';

/** Wrong tries that an address has to begin with. */
const tries = 20;
/** After so long one of them comes back. */
const backEveryMs = 3_000;
/** Addresses that are remembered; those that tried longest ago are forgotten first. */
const mostAddresses = 10_000;

export class SignInLimit {
  /** By address, the time (ms) at which all its tries will be back; the latest to try is last. */
  private readonly wholeAt = new Map<string, number>();

  constructor(private readonly now: () => number = Date.now) {}

  /** @throws TablegateError tooManySignIns where an address has no try left */
  check(address: string): void {
    const missing = (this.wholeAt.get(address) ?? 0) - this.now();
    if (missing <= (tries - 1) * backEveryMs) return;
    throw new TablegateError(
      'tooManySignIns',
      'Too many keys that are not valid came from this address; try again in a few seconds.',
    );
  }

  noteWrong(address: string): void {
    const wholeAt = Math.max(this.wholeAt.get(address) ?? 0, this.now()) + backEveryMs;
    this.wholeAt.delete(address);
    this.wholeAt.set(address, wholeAt);
    if (this.wholeAt.size > mostAddresses) this.wholeAt.delete(this.wholeAt.keys().next().value!);
  }
}
