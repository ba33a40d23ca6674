import { missingTables } from '../model/gate';
import { gateTables, openGate, type TaskState } from '../model/task-state';

/** What Temporal UI shows of a task, as Markdown. */
export function detailsOfTask(state: TaskState): string {
  const { definition, live, latestRun } = state;
  const lines = [`**${definition.name}** · ${definition.kind} · job \`${definition.job.type}\``];
  if (state.removed) lines.push('Removed.');
  else if (live) lines.push(`Run \`${live.runId}\` is in progress.`);
  else if (state.paused) lines.push('Paused.');
  const tables = gateTables(definition);
  if (tables.length > 0) {
    const missing = missingTables(openGate(state), tables);
    lines.push(`Gate: ${tables.length - missing.length} of ${tables.length} tables.`);
    if (missing.length > 0) lines.push(`Waiting for: ${missing.slice(0, 20).join(', ')}`);
  }
  if (state.cellRuns.length + state.cells.length > 0) {
    lines.push(`Backfills: ${state.cellRuns.length} running, ${state.cells.length} waiting.`);
  }
  for (const { scheduleTime, upstream } of state.dated.slice(0, 10)) {
    if (upstream) lines.push(`${scheduleTime} ${upstream.status}: ${upstream.reason ?? ''}`.trim());
  }
  if (latestRun && !live) {
    lines.push(`Latest run: ${latestRun.status}. ${latestRun.failureReason ?? ''}`.trim());
  }
  return lines.join('\n\n');
}
