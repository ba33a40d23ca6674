/** Calls as a program makes them, ready to be run: by curl, and by Python. */

/** As Redoc and others show them: `x-codeSamples` of an operation. */
export interface CodeSample {
  lang: 'Shell' | 'Python';
  label: string;
  source: string;
}

/** `$NAME` in a header stands for a variable of the environment: no credential stands in a program. */
export interface SampleRequest {
  method: string;
  url: string;
  headers: Record<string, string>;
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as a form. */
  form?: Record<string, string>;
}

/** The variable that holds a key of the API. */
export const keyVariable = '$TABLEGATE_KEY';

export function samplesOf(request: SampleRequest): CodeSample[] {
  return [
    { lang: 'Shell', label: 'curl', source: curlOf(request) },
    { lang: 'Python', label: 'Python', source: pythonOf(request) },
  ];
}

export function curlOf({ method, url, headers, json, form }: SampleRequest): string {
  const parts = [
    ...Object.entries(headers).map(([name, value]) => `-H ${shellText(`${name}: ${value}`)}`),
    ...(json === undefined
      ? []
      : [`-H 'Content-Type: application/json'`, `-d ${shellText(JSON.stringify(json, null, 2))}`]),
    ...Object.entries(form ?? {}).map(
      ([name, value]) => `--data-urlencode ${shellText(`${name}=${value}`)}`,
    ),
  ];
  const start = method === 'GET' ? `curl ${shellText(url)}` : `curl -X ${method} ${shellText(url)}`;
  return [start, ...parts.map((part) => `  ${part}`)].join(' \\\n');
}

/** In single quotes nothing is replaced; what names a variable stands in double ones. */
function shellText(text: string): string {
  return /\$[A-Z_]+/.test(text)
    ? `"${text.replaceAll(/["\\`]/g, '\\$&')}"`
    : `'${text.replaceAll("'", `'\\''`)}'`;
}

function pythonOf({ method, url, headers, json, form }: SampleRequest): string {
  const needsEnvironment = Object.values(headers).some((value) => value.includes('$'));
  const options = [
    ...(Object.keys(headers).length > 0 ? [`headers=${pythonHeaders(headers)}`] : []),
    ...(json === undefined ? [] : [`json=${pythonLiteral(json)}`]),
    ...(form === undefined ? [] : [`data=${pythonLiteral(form)}`]),
  ];
  const args = [pythonLiteral(url), ...options].map((part) => `    ${indented(part, 4)},`);
  return [
    ...(needsEnvironment ? ['import os', ''] : []),
    'import requests',
    '',
    `answer = requests.${method.toLowerCase()}(`,
    ...args,
    ')',
    'print(answer.status_code, answer.text)',
  ].join('\n');
}

function pythonHeaders(headers: Record<string, string>): string {
  const lines = Object.entries(headers).map(
    ([name, value]) => `    ${pythonLiteral(name)}: ${pythonText(value)},`,
  );
  return ['{', ...lines, '}'].join('\n');
}

/** A text in which variables are taken from the environment. */
export function pythonText(text: string): string {
  const parts = text.split(/(\$[A-Z_]+)/).filter((part) => part !== '');
  const written = parts.map((part) =>
    part.startsWith('$') ? `os.environ["${part.slice(1)}"]` : pythonLiteral(part),
  );
  return written.join(' + ') || '""';
}

/** A JSON value as Python writes it. */
export function pythonLiteral(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value !== 'object') return JSON.stringify(value);
  const isList = Array.isArray(value);
  const parts = isList
    ? value.map((part) => pythonLiteral(part))
    : Object.entries(value)
        .filter(([, part]) => part !== undefined)
        .map(([name, part]) => `${JSON.stringify(name)}: ${pythonLiteral(part)}`);
  const [open, close] = isList ? ['[', ']'] : ['{', '}'];
  const line = `${open}${parts.join(', ')}${close}`;
  if (line.length <= 60 && !line.includes('\n')) return line;
  return [open, ...parts.map((part) => `    ${indented(part, 4)},`), close].join('\n');
}

function indented(text: string, by: number): string {
  return text.replaceAll('\n', `\n${' '.repeat(by)}`);
}
