import { Breadcrumb } from 'antd';
import { useEffect, type ReactNode } from 'react';
import { Link, useLocation, useNavigationType } from 'react-router';

export interface Crumb {
  title: string;
  to?: string;
}

interface PageProps {
  title: string;
  /** Where it lies: pages above it. */
  crumbs?: readonly Crumb[];
  /** One sentence on what it is for. */
  about?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

export function Page({ title, crumbs = [], about, actions, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Tablegate`;
  }, [title]);
  useFocusHere();
  return (
    <div className="page">
      {crumbs.length > 0 && (
        <Breadcrumb
          className="crumbs"
          items={crumbs.map((crumb) => ({
            key: crumb.title,
            title: crumb.to ? <Link to={crumb.to}>{crumb.title}</Link> : crumb.title,
          }))}
        />
      )}
      <header className="page-head">
        <div>
          <h1>{title}</h1>
          {about && <p className="about">{about}</p>}
        </div>
        {actions && <div className="page-actions">{actions}</div>}
      </header>
      {children}
    </div>
  );
}

/** A link that led here is gone, and the focus with it: the keyboard goes on with the page. */
function useFocusHere(): void {
  const { pathname } = useLocation();
  const way = useNavigationType();
  useEffect(() => {
    if (way !== 'PUSH' || document.activeElement !== document.body) return;
    document.getElementById('content')?.focus({ preventScroll: true });
  }, [pathname, way]);
}

export function Panel({
  title,
  extra,
  children,
}: {
  title?: ReactNode;
  extra?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className="panel">
      {(title || extra) && (
        <div className="panel-head">
          {title && <h2>{title}</h2>}
          {extra}
        </div>
      )}
      {children}
    </section>
  );
}

/** Names with their values, one below the other on phones. */
export function Facts({ items }: { items: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="facts">
      {items.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
