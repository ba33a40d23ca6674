/** Colours and measures, light and dark. */
import { App as AntApp, ConfigProvider, theme as antTheme, type ThemeConfig } from 'antd';
import { useEffect, useState, type ReactNode } from 'react';
import { useWords } from './i18n';
import { usePrefs } from './prefs';
import { useReducedMotion, useSystemDark } from './ui/media';

const fonts =
  'Inter, "Segoe UI", system-ui, -apple-system, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "WenQuanYi Micro Hei", sans-serif';

/** Secondary text is darker than Ant Design's, which is too faint to read (WCAG AA). */
const light: NonNullable<ThemeConfig['token']> = {
  colorPrimary: '#2f54eb',
  colorInfo: '#2f54eb',
  colorLink: '#2443c4',
  colorBgLayout: '#f5f6fa',
  colorText: '#1c2333',
  colorTextSecondary: '#545d70',
  colorTextTertiary: '#5f687b',
  colorTextDescription: '#5f687b',
  colorTextPlaceholder: '#6b7487',
  colorBorder: '#d5d9e3',
  colorBorderSecondary: '#e6e9f0',
  colorError: '#c9252d',
  colorSuccess: '#1d7a3e',
  colorSuccessBg: '#e4f6ea',
  colorSuccessBorder: '#a3d8b5',
};

const dark: NonNullable<ThemeConfig['token']> = {
  colorPrimary: '#4a6cf7',
  colorInfo: '#6d8bff',
  colorLink: '#8fa8ff',
  colorBgLayout: '#0f131b',
  colorBgBase: '#161b26',
  colorBgContainer: '#171d29',
  colorBgElevated: '#1e2534',
  colorText: '#e8ebf2',
  colorTextSecondary: '#aab3c5',
  colorTextTertiary: '#9aa4b8',
  colorTextDescription: '#9aa4b8',
  colorTextPlaceholder: '#8f99ad',
  colorBorder: '#354057',
  colorBorderSecondary: '#283145',
  colorError: '#ff7b7f',
  colorSuccess: '#5fd38a',
  colorSuccessBg: '#14301f',
  colorSuccessBorder: '#2c5a3c',
};

export function useIsDark(): boolean {
  const { theme } = usePrefs();
  const system = useSystemDark();
  return theme === 'dark' || (theme === 'auto' && system);
}

function useAntLocale() {
  const { locale } = useWords();
  const [chinese, setChinese] = useState<typeof import('antd/locale/zh_CN').default>();
  useEffect(() => {
    if (locale === 'zh-CN') {
      void import('antd/locale/zh_CN').then((module) => setChinese(module.default));
    }
  }, [locale]);
  return locale === 'zh-CN' ? chinese : undefined;
}

export function ThemeProvider({ children }: { children: ReactNode }) {
  const isDark = useIsDark();
  const isStill = useReducedMotion();
  const locale = useAntLocale();
  useEffect(() => {
    document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
  }, [isDark]);
  return (
    <ConfigProvider
      button={{ autoInsertSpace: false }}
      // What a select offers is read out, and found by its role, only where all of it is in the page.
      virtual={false}
      {...(locale && { locale })}
      theme={{
        algorithm: isDark ? antTheme.darkAlgorithm : antTheme.defaultAlgorithm,
        token: {
          ...(isDark ? dark : light),
          fontFamily: fonts,
          borderRadius: 8,
          controlHeight: 36,
          // Shortened by a style sheet, its animations end unheard, and pop-ups are never put in place.
          motion: !isStill,
        },
        components: {
          Layout: { headerHeight: 56, headerPadding: '0 20px' },
          // The primary colour is too dark for text on dark ground.
          Tabs: { itemSelectedColor: 'var(--accent)', inkBarColor: 'var(--accent)' },
          Table: { cellPaddingBlock: 12, headerSplitColor: 'transparent' },
          Menu: {
            ...{ itemHeight: 38, itemPaddingInline: 12, itemMarginInline: 6 },
            itemSelectedColor: 'var(--accent)',
            itemSelectedBg: 'var(--accent-soft)',
            subMenuItemSelectedColor: 'var(--accent)',
          },
          Dropdown: { colorPrimary: 'var(--accent)' },
        },
      }}
    >
      <AntApp notification={{ placement: 'bottomRight' }}>{children}</AntApp>
    </ConfigProvider>
  );
}
