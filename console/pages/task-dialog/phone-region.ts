/** The region of phones, which has a field of its own beside the JSON of a job's config. */
export type Config = Record<string, unknown>;

const isObject = (value: unknown): value is Config =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Takes the region of phones out of a config, where it has a field of its own. */
export function takeRegion(config: Config): { phoneRegion: string; config: Config } {
  const { idTypes, ...rest } = config;
  const phone = isObject(idTypes) ? idTypes['phone'] : undefined;
  if (!isObject(idTypes) || !isObject(phone) || typeof phone['region'] !== 'string') {
    return { phoneRegion: '', config };
  }
  const { region, ...rules } = phone;
  const { phone: _, ...types } = idTypes;
  const others = Object.keys(rules).length > 0 ? { ...types, phone: rules } : types;
  return {
    phoneRegion: region as string,
    config: Object.keys(others).length > 0 ? { ...rest, idTypes: others } : rest,
  };
}

/** Puts it back; what is no object where one has to be is left for the API to refuse. */
export function withRegion(config: Config, region: string): Config {
  const { idTypes = {} } = config;
  const phone = isObject(idTypes) ? (idTypes['phone'] ?? {}) : null;
  if (region === '' || !isObject(idTypes) || !isObject(phone)) return config;
  return { ...config, idTypes: { ...idTypes, phone: { ...phone, region } } };
}
