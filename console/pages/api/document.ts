/** The calls of all surfaces, as the OpenAPI document has them. */
import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { request, type ApiProblem } from '../../api/client';
import type { Role } from '../../api/roles';

export const surfaces = ['native', 'trigger', 'aloudata', 'dataworks', 'dataarts'] as const;
export type Surface = (typeof surfaces)[number];

export interface Sample {
  lang: string;
  label: string;
  source: string;
}

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  description?: string;
  schema?: { enum?: string[]; const?: string; default?: unknown; description?: string };
}

/** A call, as the page shows and tries it. */
export interface ApiCall {
  /** One in the document. */
  id: string;
  surface: Surface;
  /** What it is about, within its surface. */
  group: string;
  /** As in `POST /api/v1/tasks`; of DataWorks the name of the action. */
  title: string;
  method: string;
  path: string;
  role: Role | 'public';
  summary: string;
  description: string;
  parameters: Parameter[];
  /** Headers that always go with it. */
  headers: Record<string, string>;
  /** JSON to begin with; null: it takes no body. */
  body: string | null;
  /** Whether that holds an example, or nothing has to be put in: as it stands it would change something. */
  asksFirst: boolean;
  samples: Sample[];
}

interface Action {
  name: string;
  role: Role;
  summary: string;
  example: Record<string, string>;
  'x-codeSamples': Sample[];
}

interface Operation {
  operationId: string;
  tags: string[];
  summary: string;
  description?: string;
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { example?: unknown }> };
  responses: Record<string, unknown>;
  'x-role': Role | 'public';
  'x-codeSamples'?: Sample[];
  'x-actions'?: Action[];
}

export interface Document {
  paths: Record<string, Record<string, Operation>>;
}

export function useCalls(): UseQueryResult<ApiCall[], ApiProblem> {
  return useQuery<ApiCall[], ApiProblem>({
    queryKey: ['openapi'],
    staleTime: Infinity,
    queryFn: async ({ signal }) =>
      callsOf(await request<Document>('GET', '/api/openapi.json', {}, signal)),
  });
}

/** In the order of the document. */
export function callsOf({ paths }: Document): ApiCall[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, operation]) => {
      const actions = operation['x-actions'];
      return actions
        ? actions.map((action) => callOfAction(operation, action))
        : [callOf(method.toUpperCase(), path, operation)];
    }),
  );
}

const byTag: Record<string, Surface> = {
  'Trigger URLs': 'trigger',
  Aloudata: 'aloudata',
  DataWorks: 'dataworks',
  DataArts: 'dataarts',
};

function callOf(method: string, path: string, operation: Operation): ApiCall {
  const { operationId, tags, summary, description = '', parameters = [] } = operation;
  const [group = ''] = tags;
  const json = operation.requestBody?.content['application/json'];
  const isWhole = json ? json.example !== undefined : !parameters.some(({ required }) => required);
  return {
    ...{ id: operationId, surface: byTag[group] ?? 'native', group, method, path, summary },
    ...{ title: `${method} ${path}`, role: operation['x-role'], description, parameters },
    ...{ headers: {}, samples: operation['x-codeSamples'] ?? [] },
    body: json ? JSON.stringify(json.example ?? {}, null, 2) : null,
    asksFirst: isWhole && changes(method, operation),
  };
}

/** All actions have one path; a header tells which is meant. */
function callOfAction(
  { tags, description = '', parameters = [] }: Operation,
  action: Action,
): ApiCall {
  const { name, role, summary, example } = action;
  const version = parameters.find((parameter) => parameter.name === 'x-acs-version')?.schema;
  const fields = Object.entries(example).map(([field, text]) => [
    field,
    /^[[{]/.test(text) ? (JSON.parse(text) as unknown) : text,
  ]);
  return {
    ...{ id: name, surface: 'dataworks', group: tags[0] ?? '', title: name, method: 'POST' },
    ...{ path: '/', role, summary, description, parameters: [], samples: action['x-codeSamples'] },
    headers: {
      'x-acs-action': name,
      'x-acs-version': version?.const ?? version?.enum?.[0] ?? '',
    },
    body: JSON.stringify(Object.fromEntries(fields), null, 2),
    asksFirst: role !== 'viewer',
  };
}

/** Viewers only read, whatever the method, but for what they make: keys. Who is not known signs in. */
function changes(method: string, { 'x-role': role, responses }: Operation): boolean {
  if (method === 'GET' || role === 'public') return false;
  return role !== 'viewer' || '201' in responses;
}
