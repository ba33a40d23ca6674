/** A command line, run in the process of the test. */
import { main } from '../../../cli/main';

export interface Outcome {
  code: number;
  /** What it wrote on standard output, and on standard error. */
  out: string;
  err: string;
}

/**
 * Runs a command line.
 * @param onNote told of everything that is written on standard error
 */
export async function run(args: string[], onNote = (_text: string) => {}): Promise<Outcome> {
  const seen = { out: '', err: '' };
  const out = jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    seen.out += String(chunk);
    return true;
  });
  const err = jest.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
    seen.err += String(chunk);
    onNote(String(chunk));
    return true;
  });
  try {
    return { code: await main(args), ...seen };
  } finally {
    out.mockRestore();
    err.mockRestore();
  }
}
