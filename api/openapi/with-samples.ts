/** Puts samples of calls into the OpenAPI document, made from what it says of each. */
import { keyVariable, samplesOf, type CodeSample, type SampleRequest } from './samples';

interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  example?: unknown;
  schema?: { example?: unknown; examples?: unknown[]; enum?: unknown[]; default?: unknown };
}

interface Operation {
  operationId?: string;
  tags?: string[];
  security?: object[];
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { example?: unknown }> };
  'x-actions'?: unknown;
  'x-codeSamples'?: CodeSample[];
}

type Paths = Record<string, Record<string, Operation>>;

/** Samples in a vendor's SDK, beside the others: by tag, of an operation. */
export type SdkSamples = Record<string, (operationId: string, baseUrl: string) => CodeSample[]>;

/**
 * @param document as the generator made it; the operations in it get `x-codeSamples`
 * @param baseUrl of the server, without a slash at the end
 */
export function addSamples(document: { paths?: object }, baseUrl: string, sdks: SdkSamples): void {
  for (const [path, methods] of Object.entries((document.paths ?? {}) as Paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      if (operation['x-actions'] !== undefined) continue;
      const request = requestOf(method, path, operation, baseUrl);
      const sdk = sdks[operation.tags?.[0] ?? '']?.(operation.operationId ?? '', baseUrl) ?? [];
      operation['x-codeSamples'] = [...samplesOf(request), ...sdk];
    }
  }
}

/** The request with what has to be given, and what stands for the rest in angle brackets. */
function requestOf(
  method: string,
  path: string,
  { parameters = [], requestBody, security = [] }: Operation,
  baseUrl: string,
): SampleRequest {
  const of = (where: Parameter['in']) => parameters.filter((parameter) => parameter.in === where);
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => `<${name}>`);
  const query = of('query').filter(({ required }) => required);
  const search = query.map((parameter) => `${parameter.name}=${String(valueOf(parameter))}`);
  const headers = of('header').filter(({ name, required }) => required || name in credentials);
  const json = requestBody?.content['application/json'];
  return {
    method: method.toUpperCase(),
    url: `${baseUrl}${filled}${search.length > 0 ? `?${search.join('&')}` : ''}`,
    headers: {
      ...(security.length > 0 && { Authorization: `Bearer ${keyVariable}` }),
      ...Object.fromEntries(headers.map((header) => [header.name, String(valueOf(header))])),
    },
    ...(json?.example !== undefined && { json: json.example }),
  };
}

/** Headers that credentials go in. */
const credentials: Record<string, string> = {
  'X-Auth-Token': '$TABLEGATE_TOKEN',
  'auth-value': keyVariable,
};
/** Of choices, what goes with them. */
const chosen: Record<string, string> = { 'auth-type': 'APIKEY', 'tenant-id': 'default' };

function valueOf({ name, example, schema }: Parameter): unknown {
  return (
    credentials[name] ??
    chosen[name] ??
    example ??
    schema?.example ??
    schema?.examples?.[0] ??
    schema?.default ??
    schema?.enum?.[0] ??
    `<${name}>`
  );
}
