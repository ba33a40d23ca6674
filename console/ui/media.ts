/** What the window is like. */
import { useSyncExternalStore } from 'react';

function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      const list = window.matchMedia(query);
      list.addEventListener('change', changed);
      return () => list.removeEventListener('change', changed);
    },
    () => window.matchMedia(query).matches,
  );
}

/** Phones, tablets and narrow windows: lists become cards, the menu a drawer. As in main.css. */
export const useNarrow = (): boolean => useMedia('(max-width: 1179px)');
export const useSystemDark = (): boolean => useMedia('(prefers-color-scheme: dark)');
export const useReducedMotion = (): boolean => useMedia('(prefers-reduced-motion: reduce)');
