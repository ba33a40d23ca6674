import {
  ApartmentOutlined,
  BookOutlined,
  ApiOutlined,
  AuditOutlined,
  CodeOutlined,
  ControlOutlined,
  DatabaseOutlined,
  HistoryOutlined,
  HomeOutlined,
  HourglassOutlined,
  KeyOutlined,
  MenuOutlined,
  SafetyOutlined,
  ScheduleOutlined,
  SettingOutlined,
  SwapOutlined,
  TableOutlined,
  TeamOutlined,
  UnorderedListOutlined,
} from '@ant-design/icons';
import { Button, Drawer, Layout, Menu, type MenuProps } from 'antd';
import { Suspense, useState, type ReactNode } from 'react';
import { Link, Outlet, useLocation } from 'react-router';
import { useLive } from '../api/live';
import { useT, type Translate } from '../i18n';
import { useNarrow } from '../ui/media';
import { Loading } from '../ui/states';
import { areas, placeOf, type MenuEntry } from './menu';
import { OfflineBar } from './offline-bar';
import { UserMenu } from './user-menu';

const icons: Record<string, ReactNode> = {
  overview: <HomeOutlined aria-hidden />,
  tasks: <ScheduleOutlined aria-hidden />,
  runs: <UnorderedListOutlined aria-hidden />,
  waiting: <HourglassOutlined aria-hidden />,
  backfills: <HistoryOutlined aria-hidden />,
  catalog: <BookOutlined aria-hidden />,
  lineage: <ApartmentOutlined aria-hidden />,
  configuration: <SettingOutlined aria-hidden />,
  connections: <DatabaseOutlined aria-hidden />,
  tables: <TableOutlined aria-hidden />,
  integration: <ApiOutlined aria-hidden />,
  api: <CodeOutlined aria-hidden />,
  security: <SafetyOutlined aria-hidden />,
  credentials: <KeyOutlined aria-hidden />,
  users: <TeamOutlined aria-hidden />,
  audit: <AuditOutlined aria-hidden />,
  'data-integration': <SwapOutlined aria-hidden />,
  operations: <ControlOutlined aria-hidden />,
};

/** What is around every page: areas on top, the menu of the area at the left. */
export function Shell() {
  const t = useT();
  const narrow = useNarrow();
  const [menuOpen, setMenuOpen] = useState(false);
  const { pathname } = useLocation();
  const { area } = placeOf(pathname);
  const live = useLive();
  const close = () => setMenuOpen(false);
  return (
    <Layout className="shell">
      <a className="skip-link" href="#content">
        {t('nav.skip')}
      </a>
      <Layout.Header className="top-bar">
        {narrow && (
          <Button
            type="text"
            icon={<MenuOutlined aria-hidden />}
            aria-label={t('nav.menu')}
            onClick={() => setMenuOpen(true)}
          />
        )}
        <Link to="/" className="brand">
          <img src="/logo.svg" alt="" width={28} height={28} />
          <span>Tablegate</span>
        </Link>
        {!narrow && <AreaTabs />}
        <div className="top-right">
          <UserMenu />
        </div>
      </Layout.Header>
      <Layout hasSider={!narrow}>
        {narrow ? (
          <Drawer placement="left" size={288} open={menuOpen} onClose={close} title="Tablegate">
            <AreaTabs onChosen={close} />
            <SideMenu area={area} onChosen={close} />
          </Drawer>
        ) : (
          <Layout.Sider width={236} theme="light" className="side">
            <SideMenu area={area} />
          </Layout.Sider>
        )}
        <Layout.Content id="content" className="content" tabIndex={-1}>
          <OfflineBar state={live} />
          <Suspense fallback={<Loading />}>
            <Outlet context={live} />
          </Suspense>
        </Layout.Content>
      </Layout>
    </Layout>
  );
}

function AreaTabs({ onChosen }: { onChosen?: () => void }) {
  const t = useT();
  const { area: here } = placeOf(useLocation().pathname);
  return (
    <nav className="areas" aria-label={t('nav.areas')}>
      {areas.map(({ key, label, to }) => (
        <Link
          key={key}
          to={to}
          className={key === here.key ? 'area here' : 'area'}
          {...(key === here.key && { 'aria-current': 'true' as const })}
          {...(onChosen && { onClick: onChosen })}
        >
          {t(label)}
        </Link>
      ))}
    </nav>
  );
}

function SideMenu({ area, onChosen }: { area: (typeof areas)[number]; onChosen?: () => void }) {
  const t = useT();
  const { key, groups } = placeOf(useLocation().pathname);
  const [opened, setOpened] = useState<string[]>(groups);
  const openKeys = [...new Set([...opened, ...groups])];
  return (
    <nav aria-label={t(area.label)}>
      <Menu
        mode="inline"
        inlineIndent={14}
        selectedKeys={key ? [key] : []}
        openKeys={openKeys}
        onOpenChange={setOpened}
        {...(onChosen && { onClick: onChosen })}
        items={area.menu.map((entry) => itemOf(entry, t))}
      />
    </nav>
  );
}

function itemOf(entry: MenuEntry, t: Translate): NonNullable<MenuProps['items']>[number] {
  const { key, label, to, children } = entry;
  const icon = icons[key];
  return {
    key,
    ...(icon !== undefined && { icon }),
    label: to ? <Link to={to}>{t(label)}</Link> : t(label),
    ...(children && { children: children.map((child) => itemOf(child, t)) }),
  };
}
