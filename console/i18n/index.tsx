/** The texts of the console in the language that was chosen. */
import { createContext, use, useEffect, useMemo, useState, type ReactNode } from 'react';
import { en, type Catalogue, type MessageKey } from './en';
import { fill, type Translate, type Values } from './fill';
import { setUnreachableText } from '../api/client';
import { usePrefs } from '../prefs';

export type { MessageKey, Translate, Values };

interface Words {
  t: Translate;
  locale: string;
}

const WordsContext = createContext<Words>(wordsOf(en, 'en'));

function wordsOf(catalogue: Catalogue, locale: string): Words {
  return { locale, t: (key, values = {}) => fill(catalogue[key], values) };
}

/** English is part of the first load; other catalogues are fetched when they are chosen. */
export function WordsProvider({ children }: { children: ReactNode }) {
  const { language } = usePrefs();
  const [chinese, setChinese] = useState<Catalogue | null>(null);
  // A page that is to be Chinese does not flash in English first.
  const [shown, setShown] = useState(language !== 'zh');
  useEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
    if (language !== 'zh') return;
    const loading = import('./zh').then(
      ({ zh }) => zh,
      () => en,
    );
    void loading.then((catalogue) => {
      setChinese(catalogue);
      setShown(true);
    });
  }, [language]);
  const words = useMemo(
    () => (language === 'zh' && chinese ? wordsOf(chinese, 'zh-CN') : wordsOf(en, 'en')),
    [language, chinese],
  );
  setUnreachableText(words.t('state.offline'));
  if (!shown) return null;
  return <WordsContext value={words}>{children}</WordsContext>;
}

export function useWords(): Words {
  return use(WordsContext);
}

export function useT(): Translate {
  return use(WordsContext).t;
}
