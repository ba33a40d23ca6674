/** The six keys, and the headers beside them. */
import { randomBytes } from 'node:crypto';
import type { Response } from 'express';
import type { TablegateError } from '../../../model/errors';
import { sendJson, setRetryAfter } from '../../answer';
import { wordsOf } from '../words-of';

/** As the vendor answers: compact, the keys always in this order. */
export interface AloudataAnswer {
  data: true | null;
  success: boolean;
  /** The HTTP status as text. */
  code: string;
  errorMsg: string | null;
  /** The code of our catalogue, and where it is explained. */
  detailErrorMsg: string | null;
  traceId: string;
}

let calls = 0;

/**
 * A name for one call that no other has, in the vendor's form: 32 hex characters, the process, the
 * time in milliseconds with four digits that count on.
 */
export function newTraceId(): string {
  calls = (calls + 1) % 10_000;
  const count = String(calls).padStart(4, '0');
  return `${randomBytes(16).toString('hex')}.${process.pid}.${Date.now()}${count}`;
}

/** What the receipts of a call's marks are made of: the first 30 characters of its trace id. */
export function receiptOf(traceId: string): string {
  return traceId.slice(0, 30);
}

export function sendAccepted(res: Response, traceId: string): void {
  const answer: AloudataAnswer = {
    ...{ data: true, success: true, code: '200' },
    ...{ errorMsg: null, detailErrorMsg: null, traceId },
  };
  sendJson(res, 200, answer);
}

/** @param publicUrl base of the URL under which the code is explained */
export function sendRefused(
  res: Response,
  traceId: string,
  refusal: TablegateError,
  publicUrl: string,
): void {
  const { code, status } = refusal;
  setRetryAfter(res, refusal);
  if (status === 401) res.setHeader('WWW-Authenticate', 'auth-value realm="tablegate"');
  const answer: AloudataAnswer = {
    ...{ data: null, success: false, code: String(status), errorMsg: wordsOf(refusal) },
    ...{ detailErrorMsg: `${code}: ${publicUrl}/api/errors#${code}`, traceId },
  };
  sendJson(res, status, answer);
}
