/** True where two plain JSON values say the same, in whatever order their keys stand. */
export function deepEqual(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || !one || !other) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const keys = Object.keys(one);
  if (keys.length !== Object.keys(other).length) return false;
  return keys.every((key) => {
    const value: unknown = (other as Record<string, unknown>)[key];
    return Object.hasOwn(other, key) && deepEqual((one as Record<string, unknown>)[key], value);
  });
}
