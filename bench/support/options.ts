/** Numbers on the command line. */
import { InvalidArgumentError } from 'commander';

export interface CommonOptions {
  pairs: number;
  /** Folder for CPU profiles of the servers. */
  profile?: string;
}

/** Reads a whole number within bounds. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (Number.isInteger(number) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}

export const mostPairs = 25;
