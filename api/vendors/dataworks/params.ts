/** What a call brings: parameters of its query and its body, under one roof. */
import { TablegateError } from '../../../model/errors';
import { invalidInput } from '../../../model/field-errors';
import { parseJson, withoutNothing } from './json';

/**
 * @param query as in the URL
 * @param body as it came; JSON where it says so or begins like an object, else a form
 * @throws TablegateError invalidJson, invalidInput
 */
export function readParams(
  query: string,
  body: Buffer,
  contentType: string | undefined,
): Record<string, unknown> {
  return { ...formOf(query), ...bodyOf(textOf(body), contentType) };
}

function textOf(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new TablegateError('invalidJson', 'The body is not UTF-8.');
  }
}

function bodyOf(text: string, contentType = ''): Record<string, unknown> {
  if (text.trim() === '') return {};
  if (!/^\s*[{[]/.test(text) && !/\bjson\b/i.test(contentType)) return formOf(text);
  const value = withoutNothing(parseJson(text, 'The body'));
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw invalidInput('body', [{ path: '', message: 'it must be an object of parameters' }]);
}

function formOf(text: string): Record<string, unknown> {
  return Object.fromEntries(new URLSearchParams(text));
}
