/** Texts of a catalogue with their values. */
import type { MessageKey } from './en';

export type Values = Record<string, string | number>;

/** @returns the text with `{name}` replaced */
export type Translate = (key: MessageKey, values?: Values) => string;

/** @returns the text with each `{name}` replaced that there is a value for */
export function fill(text: string, values: Values): string {
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
