/** Kinds of what may be done: the first part of each action of the audit. */
export const kinds = [
  ...['task', 'run', 'instance', 'trigger', 'backfill', 'connection', 'table', 'catalogue'],
  ...['project', 'workspace', 'directory', 'script', 'resourceGroup', 'user', 'key', 'accessKey'],
  ...['token', 'grant', 'session', 'signInCode', 'webhookSecret', 'tenant'],
];
