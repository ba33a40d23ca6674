/**
 * The error catalogue: every refusal that a caller can meet has one entry here. `docs/errors.md`
 * lists the same codes, and a test holds the two together both ways.
 */
export const errorCatalogue = {
  invalidInput: { status: 400, title: 'The input is not valid' },
  invalidJson: { status: 400, title: 'The body is not JSON' },
  bodyTooLarge: { status: 413, title: 'The body is too large' },
  headersTooLarge: { status: 431, title: 'The URL or the headers are too large' },
  requestTimeout: { status: 408, title: 'The request did not arrive in time' },
  unsupportedMediaType: { status: 415, title: 'The content type is not supported' },
  notAuthenticated: { status: 401, title: 'No valid key was given' },
  notAllowed: { status: 403, title: 'The role does not allow this' },
  grantMissing: { status: 403, title: 'The user has no such grant on the connection' },
  editionTooLow: { status: 403, title: 'The edition does not have this' },
  projectClosed: { status: 403, title: 'The project is not open to the user' },
  csrfTokenWrong: { status: 403, title: 'The CSRF token is missing or wrong' },
  routeNotFound: { status: 404, title: 'There is no such route' },
  methodNotAllowed: { status: 405, title: 'The route does not take this method' },
  taskNotFound: { status: 404, title: 'There is no such task' },
  runNotFound: { status: 404, title: 'There is no such run' },
  triggerNotFound: { status: 404, title: 'There is no such trigger call' },
  backfillNotFound: { status: 404, title: 'There is no such backfill' },
  connectionNotFound: { status: 404, title: 'There is no such connection' },
  tableNotFound: { status: 404, title: 'There is no such table' },
  tableVersionNotFound: { status: 404, title: 'There is no such version of the table' },
  userNotFound: { status: 404, title: 'There is no such user' },
  keyNotFound: { status: 404, title: 'There is no such key' },
  accessKeyNotFound: { status: 404, title: 'There is no such access key' },
  resourceGroupNotFound: { status: 404, title: 'There is no such resource group' },
  tenantNotFound: { status: 404, title: 'There is no such tenant' },
  grantNotFound: { status: 404, title: 'There is no such grant' },
  projectNotFound: { status: 404, title: 'There is no such project' },
  workspaceNotFound: { status: 404, title: 'There is no such workspace' },
  memberNotFound: { status: 404, title: 'There is no such member' },
  directoryNotFound: { status: 404, title: 'There is no such directory' },
  scriptNotFound: { status: 404, title: 'There is no such script' },
  scriptVersionNotFound: { status: 404, title: 'There is no such version of the script' },
  idNotFound: { status: 404, title: 'There is no such ID in the result' },
  triggerUrlRefused: { status: 404, title: 'The trigger URL is not valid' },
  runInProgress: { status: 409, title: 'A run is in progress' },
  runNotLive: { status: 409, title: 'The run is not live' },
  rerunDenied: { status: 409, title: 'The run policy denies another run' },
  backfillNotLive: { status: 409, title: 'The backfill is not in a state for this' },
  confirmationNeeded: { status: 409, title: 'The backfill is large and has to be confirmed' },
  taskImported: { status: 409, title: 'The task is kept by an import' },
  taskRemoved: { status: 409, title: 'The task has been removed' },
  taskInUse: { status: 409, title: 'Other tasks come after this one' },
  nameTaken: { status: 409, title: 'The name is taken' },
  idTaken: { status: 409, title: 'The id is taken' },
  outputTaken: { status: 409, title: 'Another task writes this output' },
  connectionInUse: { status: 409, title: 'The connection is in use' },
  resourceGroupInUse: { status: 409, title: 'The resource group is in use' },
  gateEmpty: { status: 409, title: 'No table has arrived in this gate' },
  triggerNotApplicable: { status: 409, title: 'The trigger call cannot be applied' },
  projectInUse: { status: 409, title: 'The project cannot be removed' },
  workspaceInUse: { status: 409, title: 'The workspace cannot be removed' },
  directoryInUse: { status: 409, title: 'The directory is not empty' },
  scriptInUse: { status: 409, title: 'The script is in production' },
  scriptChecksFailed: { status: 409, title: 'The script did not pass its checks' },
  scriptNotSubmitted: { status: 409, title: 'No version of the script waits for this' },
  taskOfScript: { status: 409, title: 'The task belongs to a script' },
  tableInUse: { status: 409, title: 'The table is in use' },
  taskKindMismatch: { status: 409, title: 'The task is not of the kind that this needs' },
  noIdMapping: { status: 409, title: 'The job of the task resolves no IDs' },
  noResult: { status: 409, title: 'The task has no result yet' },
  differentUsers: { status: 409, title: 'The two IDs are of different users' },
  sourcesChanged: { status: 409, title: 'The tables are not as they were in the run' },
  lastAdmin: { status: 409, title: 'The last admin cannot be removed' },
  idempotencyKeyReused: { status: 422, title: 'The Idempotency-Key was used for another request' },
  requestInProgress: { status: 409, title: 'The same request is in progress' },
  staleVersion: { status: 412, title: 'The task was changed meanwhile' },
  scriptInvalid: { status: 400, title: 'The script cannot be run' },
  cyclicDependency: { status: 400, title: 'Tasks would wait for each other in a circle' },
  unknownJobType: { status: 400, title: 'The job type is not known' },
  tableNotRegistered: { status: 400, title: 'The table is not registered' },
  tableWithoutIdMapping: { status: 400, title: 'The table has no ID mapping' },
  columnNotFound: { status: 400, title: 'The table has no such column' },
  connectionFailed: { status: 400, title: 'The connection does not work' },
  pathOutsideRoots: { status: 400, title: 'The path is outside the allowed folders' },
  draftExpired: { status: 400, title: 'The draft id is not valid any more' },
  tooManySignIns: { status: 429, title: 'Too many keys were tried' },
  tooManyTriggers: { status: 429, title: 'Too many trigger calls wait for this task' },
  tooManyLookUps: { status: 429, title: 'Too many look-ups are under way' },
  lookUpTooLarge: { status: 504, title: 'The look-up takes more time or memory than it may' },
  temporalUnavailable: { status: 503, title: 'Temporal does not answer' },
  storeUnavailable: { status: 503, title: 'The store does not answer' },
  workerUnavailable: { status: 503, title: 'No worker answers' },
  tooManyStreams: { status: 503, title: 'Too many streams are open' },
  notReady: { status: 503, title: 'The server is not ready' },
  internal: { status: 500, title: 'Something went wrong here' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof errorCatalogue;

/** One thing that is wrong with the input: where, what, and what would be allowed. */
export interface FieldError {
  /** Path of the field, as in `tables[1].name`; empty for the body as a whole. */
  path: string;
  message: string;
}

/**
 * A refusal with an entry in the catalogue. Thrown by every layer; the edges turn it into the
 * surface's own envelope.
 */
export class TablegateError extends Error {
  readonly code: ErrorCode;
  readonly fields: FieldError[];

  /**
   * @param code entry of the catalogue
   * @param detail one sentence for a person: what was wrong and what to do
   * @param options.fields the fields that are wrong
   * @param options.cause what lies behind it; never shown to callers, logged
   */
  constructor(
    code: ErrorCode,
    detail: string,
    options: { fields?: FieldError[]; cause?: unknown } = {},
  ) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'TablegateError';
    this.code = code;
    this.fields = options.fields ?? [];
  }

  /** HTTP status of the entry. */
  get status(): number {
    return errorCatalogue[this.code].status;
  }
}

/** True for a text that is a code of the catalogue. */
export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(errorCatalogue, text);
}
