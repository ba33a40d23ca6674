/** Why a run failed, in the language of the page. */
import type { MessageKey } from '../i18n/en';
import type { Translate } from '../i18n/fill';

/**
 * Records keep their reasons as English sentences. These are the ones that come up most, as they are
 * worded where they arise (`test/console/failure-reason.test.ts` holds both together).
 */
const sentences: readonly (readonly [RegExp, MessageKey])[] = [
  [/^There is no table (?<table>.+?) in the folder (?<folder>.+)\.$/, 'reason.noFile'],
  [/^There is no table (?<table>.+?) in (?<place>.+)\.$/, 'reason.noTable'],
  [/^There is no connection (?<connection>.+)\.$/, 'reason.noConnection'],
  [
    /^(?<place>.+) has no column (?<columns>.+); its columns are (?<present>.+)\.$/,
    'reason.noColumn',
  ],
  [/^(?<server>.+ at .+) refuses connections: nothing listens there\.$/, 'reason.refuses'],
  [/^(?<server>.+ at .+) does not answer\.$/, 'reason.noAnswer'],
  [/^(?<server>.+ at .+) cannot be reached\.$/, 'reason.unreachable'],
  [/^the table is not registered any more\.$/, 'reason.notRegistered'],
  [/^the table has no ID mapping any more\.$/, 'reason.noIdMapping'],
  [/^The job took longer than its limit of (?<limit>\d+) s\.$/, 'reason.tookTooLong'],
  [
    /^The job did not come to an end: its workers were lost again and again\.$/,
    'reason.workersLost',
  ],
  [/^The run was lost: its workflow was ended in Temporal\.$/, 'reason.endedInTemporal'],
  [/^cancelled: by (?<who>.+)$/, 'reason.cancelledBy'],
  [/^cancelled: in Temporal$/, 'reason.cancelledInTemporal'],
  [/^cancelled: task removed$/, 'reason.taskRemoved'],
  [/^cancelled: backfill cancelled$/, 'reason.backfillCancelled'],
];

/** `Try 2 failed: ` and what the sentence is about: a table, or the side and name of a connection. */
const before =
  /^(?:Try (?<number>\d+) failed: )?(?<about>(?:(?:source|target) )?[^\s:]+: )?(?<rest>.+)$/s;

/** @returns the reason as it is said here; the very text where it is not one of those known */
export function reasonText(text: string, t: Translate): string {
  const { number, about = '', rest = '' } = before.exec(text)?.groups ?? {};
  const said = told(rest, t);
  if (said === null) return told(text, t) ?? text;
  return `${number === undefined ? '' : t('reason.try', { number })}${about}${said}`;
}

function told(sentence: string, t: Translate): string | null {
  for (const [pattern, key] of sentences) {
    const found = pattern.exec(sentence);
    if (found) return t(key, { ...found.groups });
  }
  return null;
}
