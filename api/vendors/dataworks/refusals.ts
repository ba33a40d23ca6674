/** Refusals in the vendor's words: codes that its clients know, each with its HTTP status. */
import { TablegateError, type ErrorCode, type FieldError } from '../../../model/errors';
import { invalidInput } from '../../../model/field-errors';
import { refusalOf } from '../../errors/refusal-of';

/** What the gateway of the vendor refuses before an action is reached. */
export const gatewayCodes = {
  MissingAccessKeyId: 401,
  IncompleteSignature: 400,
  MissingParameter: 400,
  InvalidParameter: 400,
  InvalidVersion: 400,
  'InvalidTimeStamp.Format': 400,
  'InvalidTimeStamp.Expired': 400,
  SignatureDoesNotMatch: 400,
  SignatureNonceUsed: 400,
  InvalidBearerToken: 401,
  NoPermission: 403,
  UnsupportedHTTPMethod: 403,
  'InvalidAccessKeyId.NotFound': 404,
  'InvalidAction.NotFound': 404,
} as const;

/** A refusal of the gateway. */
export class GatewayRefusal extends Error {
  constructor(
    readonly code: keyof typeof gatewayCodes,
    message: string,
  ) {
    super(message);
    this.name = 'GatewayRefusal';
  }
}

/** Our codes as the vendor says them; the others are told by their own names. */
export const vendorCodes: Partial<Record<ErrorCode, string>> = {
  invalidInput: 'InvalidParameter',
  invalidJson: 'InvalidParameter',
  bodyTooLarge: 'RequestTooLarge',
  notAllowed: 'NoPermission',
  editionTooLow: 'Forbidden.Access',
  taskNotFound: 'InvalidTask.NotFound',
  runNotFound: 'InvalidTaskInstance.NotFound',
  backfillNotFound: 'InvalidOperation.NotFound',
  temporalUnavailable: 'ServiceUnavailable',
  storeUnavailable: 'ServiceUnavailable',
  workerUnavailable: 'ServiceUnavailable',
  notReady: 'ServiceUnavailable',
  internal: 'InternalError',
};

export interface VendorRefusal {
  status: number;
  Code: string;
  Message: string;
}

/**
 * @param error whatever was thrown while a call was handled
 * @returns what to answer; `internal` where nobody expected it
 */
export function vendorRefusalOf(error: unknown): VendorRefusal {
  if (error instanceof GatewayRefusal) {
    return { status: gatewayCodes[error.code], Code: error.code, Message: error.message };
  }
  const refusal = refusalOf(error) ?? new TablegateError('internal', 'Something went wrong here.');
  return { status: refusal.status, Code: codeOf(refusal), Message: messageOf(refusal) };
}

function codeOf({ code, fields }: TablegateError): string {
  if (code === 'invalidInput' && fields[0] && isMissing(fields[0])) return 'MissingParameter';
  return vendorCodes[code] ?? code.charAt(0).toUpperCase() + code.slice(1);
}

/** As `model/field-errors.ts` words it. */
function isMissing({ message }: FieldError): boolean {
  return message.startsWith('it is missing');
}

/** Our fields by the names that the vendor has for them. */
const vendorPaths: Readonly<Record<string, string>> = {
  name: 'Name',
  description: 'Description',
  owner: 'Owner',
  tags: 'Tags',
  kind: 'Trigger.Type',
  recurrence: 'Trigger',
  'recurrence.cron': 'Trigger.Cron',
  'recurrence.startTime': 'Trigger.StartTime',
  'recurrence.endTime': 'Trigger.EndTime',
  'runPolicy.timeout': 'Timeout',
  'runPolicy.rerunMode': 'RerunMode',
  'runPolicy.rerunTimes': 'RerunTimes',
  'runPolicy.rerunInterval': 'RerunInterval',
  'runtimeResource.resourceGroup': 'RuntimeResource.ResourceGroupId',
  'runtimeResource.image': 'RuntimeResource.Image',
  'runtimeResource.cu': 'RuntimeResource.Cu',
  dataSource: 'DataSource.Name',
};

/** What was wrong, with each field by the vendor's name. */
export function messageOf({ message, fields }: TablegateError): string {
  if (fields.length === 0) return message;
  return fields
    .map((field) => `${inVendorsWords(field.path) || 'The call'}: ${inVendorsWords(field.message)}`)
    .join('; ');
}

/** With our fields by the vendor's names, where they are written out as paths. */
function inVendorsWords(text: string): string {
  const path = vendorPaths[text];
  return path ?? text.replaceAll(/\b[a-z]\w+\.\w+/gi, (part) => vendorPaths[part] ?? part);
}

/** The refusal of a parameter that our model has no place for, or that cannot be. */
export function notHeld(path: string, why: string): TablegateError {
  return invalidInput('body', [{ path, message: why }]);
}

/** How forms write it. */
const nothings: ReadonlySet<unknown> = new Set(['', '{}', '[]', 'null']);

/** True for what asks for nothing: clients send empty lists and objects for what was not set. */
export function isNothing(value: unknown): boolean {
  if (value === undefined || nothings.has(value)) return true;
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
