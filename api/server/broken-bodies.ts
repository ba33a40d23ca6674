/** Why a body that broke off did so, from where connections are watched to where bodies are read. */
import type { IncomingMessage } from 'node:http';
import { TablegateError } from '../../model/errors';

const late = new WeakSet<IncomingMessage>();

/** Notes that the time for a request is over; whoever reads its body hears of the end apart from this. */
export function noteLate(req: IncomingMessage): void {
  late.add(req);
}

/** @returns the refusal of a body that did not arrive whole */
export function brokenBody(req: IncomingMessage): TablegateError {
  return late.has(req) ? requestTimeout() : unreadableBody();
}

/** A request that took longer than it may. */
export function requestTimeout(): TablegateError {
  return new TablegateError('requestTimeout', 'The request did not arrive whole in time');
}

/** A body that broke off, or was packed badly. */
export function unreadableBody(): TablegateError {
  return new TablegateError('invalidInput', 'The body did not arrive whole');
}
