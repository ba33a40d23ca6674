/** Flags that stand for a setting of the environment. */
export interface PlaceFlags {
  port?: string;
  host?: string;
  dataDir?: string;
}

/** The environment with the flags in place of what it says. */
export function withFlags(
  env: NodeJS.ProcessEnv,
  { port, host, dataDir }: PlaceFlags,
): NodeJS.ProcessEnv {
  return {
    ...env,
    ...(port === undefined ? {} : { PORT: port }),
    ...(host === undefined ? {} : { HOST: host }),
    ...(dataDir === undefined ? {} : { TABLEGATE_DATA_DIR: dataDir }),
  };
}
