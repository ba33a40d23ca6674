/** What a new script begins with. */
import { kindOfPlugin, type PluginName } from './script-schema';
import type { ScriptOrigin } from './script-object';

/** Kinds of connections that a script can read from and write to. */
export const scriptKinds = [...new Set(Object.values(kindOfPlugin))];

const isFiles = (type: string): boolean => type === 'files';

/** A script from the source to the target, in which only the tables are left to fill in. */
export function skeletonOf({ sourceType, source, targetType, target }: ScriptOrigin): string {
  const reader = {
    name: pluginOf(sourceType, 'reader'),
    parameter: {
      datasource: source,
      table: '',
      column: ['*'],
      ...(!isFiles(sourceType) && { where: '' }),
    },
  };
  const writer = {
    name: pluginOf(targetType, 'writer'),
    parameter: {
      datasource: target,
      table: '',
      column: ['*'],
      writeMode: 'insert',
      createTable: false,
    },
  };
  const setting = { speed: { channel: 1 }, errorLimit: { record: 0 } };
  return `${JSON.stringify({ job: { content: [{ reader, writer }], setting } }, null, 2)}\n`;
}

function pluginOf(type: string, side: 'reader' | 'writer'): PluginName {
  const found = Object.entries(kindOfPlugin).find(
    ([name, kind]) => kind === type && name.endsWith(side),
  );
  if (!found) throw new Error(`no script has a ${side} of the kind ${type}`);
  return found[0] as PluginName;
}
