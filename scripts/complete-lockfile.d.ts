export interface LockedPackage {
  version?: string;
  optionalDependencies?: Record<string, string>;
  resolved?: string;
}

export interface Lockfile {
  packages: Record<string, LockedPackage>;
}

/**
 * @param lockfile parsed package-lock.json
 * @returns entries that it needs and does not have, by their path in it
 */
export function missingEntries(lockfile: Lockfile): Record<string, LockedPackage>;
