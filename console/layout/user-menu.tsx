import {
  BgColorsOutlined,
  GlobalOutlined,
  KeyOutlined,
  LogoutOutlined,
  UserOutlined,
} from '@ant-design/icons';
import { App } from 'antd';
import { Link } from 'react-router';
import { useSession, useSessionChange } from '../api/session';
import { useT } from '../i18n';
import { setPrefs, usePrefs } from '../prefs';
import { useNarrow } from '../ui/media';
import { MenuButton } from '../ui/menu-button';

/** Who is signed in; language, colours, sign out. */
export function UserMenu() {
  const t = useT();
  const narrow = useNarrow();
  const { message } = App.useApp();
  const { name, role, tenant } = useSession();
  const { leave } = useSessionChange();
  const { language, theme } = usePrefs();
  const signOut = () => leave().catch((error: Error) => void message.error(error.message));
  return (
    <MenuButton
      menu={{
        selectedKeys: [`language-${language}`, `theme-${theme}`],
        items: [
          {
            key: 'who',
            type: 'group',
            label: `${name} · ${t(`roles.${role}`)} · ${t('session.tenant', { tenant })}`,
          },
          {
            key: 'credentials',
            icon: <KeyOutlined aria-hidden />,
            label: <Link to="/credentials">{t('nav.credentials')}</Link>,
          },
          { type: 'divider' },
          {
            key: 'language',
            icon: <GlobalOutlined aria-hidden />,
            label: t('prefs.language'),
            children: [
              { key: 'language-en', label: 'English', onClick: () => setPrefs({ language: 'en' }) },
              { key: 'language-zh', label: '中文', onClick: () => setPrefs({ language: 'zh' }) },
            ],
          },
          {
            key: 'theme',
            icon: <BgColorsOutlined aria-hidden />,
            label: t('prefs.theme'),
            children: (['auto', 'light', 'dark'] as const).map((choice) => ({
              key: `theme-${choice}`,
              label: t(`prefs.theme.${choice}`),
              onClick: () => setPrefs({ theme: choice }),
            })),
          },
          { type: 'divider' },
          {
            key: 'leave',
            icon: <LogoutOutlined aria-hidden />,
            label: t('session.signOut'),
            onClick: () => void signOut(),
          },
        ],
      }}
      placement="bottomLeft"
      type="text"
      icon={<UserOutlined aria-hidden />}
      aria-label={t('session.menu', { name })}
    >
      {narrow ? null : name}
    </MenuButton>
  );
}
