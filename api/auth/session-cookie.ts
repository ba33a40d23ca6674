/** The cookie that a browser keeps of its session: out of reach of scripts and of other sites. */
import type { Request, Response } from 'express';
import type { Settings } from '../../config';
import { longestDays } from '../../model/session';

/** What a token of ours looks like; whatever else a cookie holds is not looked up. */
const token = '[A-Za-z0-9_-]{43}';

type PublicUrl = Pick<Settings, 'publicUrl'>;

/**
 * Browsers share the cookies of a host between its ports: the port in the name keeps installations
 * apart. Behind HTTPS the prefix makes browsers take it from this host alone.
 */
function nameOf({ publicUrl }: PublicUrl): string {
  const { protocol, port } = new URL(publicUrl);
  const name = port === '' ? 'tablegate_session' : `tablegate_session_${port}`;
  return protocol === 'https:' ? `__Host-${name}` : name;
}

/** @returns the token of the session that a request belongs to; null where it has none */
export function readSessionCookie({ headers }: Request, settings: PublicUrl): string | null {
  const pattern = new RegExp(`(?:^|;\\s*)${nameOf(settings)}=(${token})(?:;|$)`);
  return pattern.exec(headers.cookie ?? '')?.[1] ?? null;
}

/** Gives a browser the token of its session; null takes it back. */
export function setSessionCookie(res: Response, value: string | null, settings: PublicUrl): void {
  const name = nameOf(settings);
  const seconds = value === null ? 0 : longestDays * 86_400;
  const parts = [`${name}=${value ?? ''}`, `Max-Age=${seconds}`, 'Path=/', 'HttpOnly'];
  const secure = name.startsWith('__Host-') ? ['Secure'] : [];
  res.setHeader('Set-Cookie', [...parts, 'SameSite=Strict', ...secure].join('; '));
}
