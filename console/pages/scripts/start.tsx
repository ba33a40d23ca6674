import { useT } from '../../i18n';
import { useNarrow } from '../../ui/media';
import { Page } from '../../ui/page';
import { Nothing } from '../../ui/states';

/** What stands beside the tree while no script is open. */
export function NothingChosen() {
  const t = useT();
  const narrow = useNarrow();
  return (
    <Page title={t('nav.dataIntegration')} about={t('scripts.about')}>
      {!narrow && (
        <Nothing title={t('scripts.choose')}>
          <p className="faint">{t('scripts.chooseMore')}</p>
        </Nothing>
      )}
    </Page>
  );
}
