/** What a person has chosen for this browser: language, colours, which times are shown. */
import { useSyncExternalStore } from 'react';

export interface Prefs {
  language: 'en' | 'zh';
  theme: 'auto' | 'light' | 'dark';
}

const storageKey = 'tablegate.prefs';
const listeners = new Set<() => void>();
let prefs: Prefs = { ...defaults(), ...stored() };

function defaults(): Prefs {
  return { language: navigator.language.startsWith('zh') ? 'zh' : 'en', theme: 'auto' };
}

function stored(): Partial<Prefs> {
  try {
    return JSON.parse(localStorage.getItem(storageKey) ?? '{}') as Partial<Prefs>;
  } catch {
    return {};
  }
}

export function setPrefs(change: Partial<Prefs>): void {
  prefs = { ...prefs, ...change };
  localStorage.setItem(storageKey, JSON.stringify(prefs));
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export function usePrefs(): Prefs {
  return useSyncExternalStore(subscribe, () => prefs);
}
