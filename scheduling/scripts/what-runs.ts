/**
 * Notes which version is in production. Of two that publish at once the task runs what came to it
 * last, and either may be the last to note: each looks again at what the task runs.
 * @param running null: the task does not say
 */
export async function noteWhatRuns(
  version: number,
  note: (version: number) => Promise<void>,
  running: () => Promise<number | null>,
): Promise<void> {
  let noted = version;
  await note(noted);
  for (let now = await running(); now !== null && now !== noted; now = await running()) {
    noted = now;
    await note(noted);
  }
}
