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
  if (latestRun && !live) {
    lines.push(`Latest run: ${latestRun.status}. ${latestRun.failureReason ?? ''}`.trim());
  }
  return lines.join('\n\n');
}
