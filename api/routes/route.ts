/**
 * What a route of the native API is. The tables of routes are the one place that says which paths
 * there are, who may call them, and what goes in and out: Express, the checks of role and input, and
 * the OpenAPI document are made from them.
 */
import { z } from 'zod';
import type { Settings } from '../../config';
import type { ErrorCode } from '../../model/errors';
import type { Caller, Role } from '../../model/people';
import type { EventFollower, Scheduling } from '../../scheduling/scheduling';
import type { CallSession } from '../auth/authenticate';

export const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;
export type Method = (typeof methods)[number];

/** Most bytes of a body, where a route says nothing else. */
export const usualBodyLimit = 1_048_576;

/** Room for as many schedule times as one call may name, each with its offset. */
export const manyTimesLimit = 8 * 1_048_576;

/** Room for the longest script, each of its characters escaped. */
export const scriptBodyLimit = 8 * 1_048_576;

/** The parts of a path in braces, by name. */
export type PathParams<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Record<Name, string> & PathParams<Rest>
  : unknown;

/** Where Temporal or the worker does not answer a change of a task. */
export const changeUnanswered: readonly ErrorCode[] = ['temporalUnavailable', 'workerUnavailable'];

/** A request that was found good, as its handler sees it. */
export interface Call<Params = Record<string, string>, Query = unknown, Body = unknown> {
  scheduling: Scheduling;
  settings: Settings;
  caller: Caller;
  /** The session that it came by; null: it came with a key. */
  session: CallSession | null;
  /** Address that it came from. */
  address: string;
  params: Params;
  query: Query;
  /** Undefined where the route takes none, or where it may be left out and was. */
  body: Body;
  /** Version that `If-Match` names; null without one. */
  ifVersion: number | null;
  idempotencyKey: string | null;
  /** The OpenAPI document. */
  document: () => unknown;
  /** Gives the browser the token of its session; null takes it back. */
  setSession: (token: string | null) => void;
}

/** A request to a route that needs no key. */
export type PublicCall<Params = Record<string, string>, Body = unknown> = Omit<
  Call<Params, unknown, Body>,
  'caller' | 'session'
>;

/** How a good answer looks. */
export interface Answer {
  status: 200 | 201 | 202 | 204;
  /** Null: there is no body. */
  schema: z.ZodType | null;
  mediaType: 'application/json' | 'text/html' | 'text/csv' | 'text/event-stream';
  /** True: it comes as CSV where the query asks for `format=csv`. */
  alsoCsv: boolean;
  /** True: the answer carries the ETag of the task that it shows. */
  etag: boolean;
  /** Answered with 200 in place of the other where the body says `dryRun`; null: it cannot. */
  planned: z.ZodType | null;
}

/** What of an answer is never kept for an `Idempotency-Key`, and how a repeat gets it again. */
export interface RouteCredentials {
  strip(body: unknown): unknown;
  restore(kept: unknown, call: Call): Promise<unknown>;
}

export interface Route {
  method: Method;
  /** As in OpenAPI: `/api/v1/tasks/{id}:pause`. */
  path: string;
  role: Role | 'public';
  tags: string[];
  summary: string;
  description: string | null;
  query: z.ZodObject;
  /** Null: no body is read. An optional schema: it may be left out. */
  body: z.ZodType | null;
  /** Most bytes of a body. */
  bodyLimit: number;
  /** True: the route heeds `If-Match`. */
  ifMatch: boolean;
  answer: Answer;
  /** Refusals of its own; those that every route shares are added in the document. */
  errors: ErrorCode[];
  credentials: RouteCredentials | null;
  handler: (call: Call) => Promise<unknown>;
}

interface Declared<
  Path extends string,
  Answered extends z.ZodType,
  Query extends z.ZodObject,
  Body extends z.ZodType,
  Planned extends z.ZodType,
> {
  method: Method;
  path: Path;
  tags: string[];
  summary: string;
  description?: string;
  query?: Query;
  body?: Body;
  /** In bytes, where the usual one is too little. */
  bodyLimit?: number;
  ifMatch?: boolean;
  /** 200 where nothing is said. */
  status?: Answer['status'];
  answer?: Answered;
  planned?: Planned;
  etag?: boolean;
  /** Of `text/event-stream`, `answer` is what each event that tells of something has as its data. */
  mediaType?: 'text/html' | 'text/csv' | 'text/event-stream';
  alsoCsv?: boolean;
  errors?: ErrorCode[];
  credentials?: RouteCredentials;
}

type NoQuery = z.ZodObject<Record<never, never>>;
const noQuery: NoQuery = z.strictObject({});

/**
 * Declares a route that needs a key.
 * @returns the route, its optional parts filled in
 */
export function route<
  const Path extends string,
  Answered extends z.ZodType = z.ZodVoid,
  Query extends z.ZodObject = NoQuery,
  Body extends z.ZodType = z.ZodUndefined,
  Planned extends z.ZodType = z.ZodNever,
>(
  declared: Declared<Path, Answered, Query, Body, Planned> & {
    role: Role;
    handler: (
      call: Call<PathParams<Path>, z.output<Query>, z.output<Body>>,
    ) => Promise<z.input<Answered> | z.input<Planned> | EventFollower | AsyncIterable<string>>;
  },
): Route {
  return complete(declared, declared.role, declared.handler as unknown as Route['handler']);
}

/** Declares a route that anybody may call. */
export function publicRoute<
  const Path extends string,
  Answered extends z.ZodType,
  Body extends z.ZodType = z.ZodUndefined,
>(
  declared: Declared<Path, Answered, NoQuery, Body, z.ZodNever> & {
    handler: (call: PublicCall<PathParams<Path>, z.output<Body>>) => Promise<z.input<Answered>>;
  },
): Route {
  return complete(declared, 'public', declared.handler as unknown as Route['handler']);
}

function complete(
  declared: Declared<string, z.ZodType, z.ZodObject, z.ZodType, z.ZodType>,
  role: Route['role'],
  handler: Route['handler'],
): Route {
  const { method, path, tags, summary } = declared;
  return {
    method,
    path,
    role,
    tags,
    summary,
    description: declared.description ?? null,
    query: declared.query ?? noQuery,
    body: declared.body ?? null,
    bodyLimit: declared.bodyLimit ?? usualBodyLimit,
    ifMatch: declared.ifMatch ?? false,
    answer: {
      status: declared.status ?? 200,
      schema: declared.answer ?? null,
      mediaType: declared.mediaType ?? 'application/json',
      alsoCsv: declared.alsoCsv ?? false,
      etag: declared.etag ?? false,
      planned: declared.planned ?? null,
    },
    errors: declared.errors ?? [],
    credentials: declared.credentials ?? null,
    handler,
  };
}
