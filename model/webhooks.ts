/** Which webhooks are told something, and where they may be. */
import type { NoticeEvent, Notifications } from './notice';

/** URLs of the webhooks that want this event, each once. */
export function webhooksFor(notifications: Notifications | null, event: NoticeEvent): string[] {
  const wanting = (notifications?.webhooks ?? []).filter(({ events }) => events.includes(event));
  return [...new Set(wanting.map(({ url }) => url))];
}

/**
 * Whether a webhook may be at this URL.
 * @param hosts `host` (at its scheme's own port) or `host:port` in lower case, or `*` alone for all
 */
export function hostAllowed(url: string, hosts: readonly string[]): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, port } = new URL(url);
  if (protocol !== 'http:' && protocol !== 'https:') return false;
  if (hosts.length === 1 && hosts[0] === '*') return true;
  const ownPort = protocol === 'https:' ? '443' : '80';
  const names = [`${hostname}:${port || ownPort}`, ...(port === '' ? [hostname] : [])];
  return hosts.some((host) => names.includes(host.toLowerCase()));
}
