/** For what goes on beside something else: who waits for it meets its error, perhaps later or never. */
export function awaitedLater<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
