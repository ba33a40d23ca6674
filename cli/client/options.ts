/** Values of options, and options that several commands have. */
import { InvalidArgumentError, type Command } from 'commander';

/** An option that may be given several times. */
export function several(value: string, former: string[] = []): string[] {
  return [...former, value];
}

/** @throws InvalidArgumentError for what is not a whole number from 1 on */
export function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from 1 on.');
}

export interface PageOptions {
  limit?: number;
  pageToken?: string;
}

/** Options of a command that lists. */
export function withPages(command: Command): Command {
  return command
    .option('--limit <n>', 'most lines, up to 1000 (50)', wholeNumber)
    .option('--page-token <token>', 'goes on where the list before ended');
}

/** The query of a list, with a question mark; what is not given is left out. */
export function pageQuery(
  { limit, pageToken }: PageOptions,
  filters: Record<string, string | undefined> = {},
): string {
  const all = { ...filters, pageSize: limit?.toString(), pageToken };
  const given = Object.entries(all).filter(([, value]) => value !== undefined && value !== '');
  const query = new URLSearchParams(given as [string, string][]).toString();
  return query && `?${query}`;
}

/** Says how to see the rest of a list. */
export function moreLines({ nextPageToken }: { nextPageToken: string | null }): string[] {
  return nextPageToken === null ? [] : [`More: add --page-token ${nextPageToken}`];
}

/** Options before the name of a subcommand would be those of its group, and lost. */
export function refuseOptionsBefore(command: Command, subcommand: Command): void {
  const given = Object.keys(command.opts()).filter(
    (name) => command.getOptionValueSource(name) !== 'default',
  );
  if (given.length === 0) return;
  command.error(`error: options of "${subcommand.name()}" come after its name`);
}
