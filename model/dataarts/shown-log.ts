/** The log of a run as DataArts' clients read it: one run does what the vendor has three jobs for. */
import { z } from 'zod';
import type { LogLine, RunRecord } from '../run';

const part = z.string().nullable();

export const shownLogSchema = z
  .object({
    enable_bridge: z.boolean().meta({ description: 'Collecting; always on' }),
    enable_profile: z.boolean(),
    enable_classification: z.boolean(),
    bridge_status: z.string().meta({ description: 'Status of the run, in capitals' }),
    profile_status: part.meta({ description: 'The same where it is on' }),
    classification_status: part.meta({ description: 'The same where it is on' }),
    bridge_job_log: z.string().meta({ description: 'The last 1,000 lines of the run' }),
    profile_job_log: part.meta({ description: 'The same where it is on' }),
    classification_job_log: part.meta({ description: 'The same where it is on' }),
  })
  .meta({ id: 'DataArtsInstanceLog' });
export type ShownLog = z.infer<typeof shownLogSchema>;

/** @param config of the job as it is now */
export function shownLog(
  config: Record<string, unknown>,
  run: Pick<RunRecord, 'status' | 'failureReason' | 'finishedAt'>,
  lines: readonly LogLine[],
): ShownLog {
  const status = run.status.toUpperCase();
  const log = [...lines.map(textOf), ...reasonOf(run)].join('\n');
  const [profile, classification] = [config.profile === true, config.classify === true];
  return {
    enable_bridge: true,
    enable_profile: profile,
    enable_classification: classification,
    bridge_status: status,
    profile_status: profile ? status : null,
    classification_status: classification ? status : null,
    bridge_job_log: log,
    profile_job_log: profile ? log : null,
    classification_job_log: classification ? log : null,
  };
}

function textOf({ at, level, line }: LogLine): string {
  return `${at} ${level.toUpperCase()} ${line}`;
}

function reasonOf({ failureReason, finishedAt }: Pick<RunRecord, 'failureReason' | 'finishedAt'>) {
  return failureReason === null ? [] : [`${finishedAt ?? ''} ERROR ${failureReason}`.trim()];
}
