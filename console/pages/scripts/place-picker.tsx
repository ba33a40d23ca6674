import { PlusOutlined } from '@ant-design/icons';
import { Button, Select } from 'antd';
import { useId, useState } from 'react';
import { useMay } from '../../api/session';
import { useT } from '../../i18n';
import { ProblemView } from '../../ui/states';
import { ProjectDialog } from './project-dialog';
import { choosePlace, type Environment, type Place } from './place';

const environments: readonly Environment[] = ['Dev', 'Prod'];

/** Project, and in Dev-Prod mode the environment: nothing goes on without it. */
export function PlacePicker({ place }: { place: Place }) {
  const t = useT();
  const id = useId();
  const isAdmin = useMay('admin');
  const [making, setMaking] = useState(false);
  const { projects, project, environment } = place;
  if (place.problem) return <ProblemView problem={place.problem} retry={place.retry} />;
  if (projects?.length === 0) return <p>{t('project.none')}</p>;
  return (
    <div className="place">
      <div className="labelled">
        <label htmlFor={`${id}p`}>{t('project.title')}</label>
        <div className="with-new">
          <Select
            id={`${id}p`}
            loading={projects === undefined}
            value={project?.id ?? null}
            showSearch={{ optionFilterProp: 'label' }}
            onChange={(chosen: string) => choosePlace({ project: chosen, environment: null })}
            options={(projects ?? []).map(({ id: value, name, mode }) => ({
              value,
              label: `${name} · ${t(`project.mode.${mode}`)}`,
            }))}
          />
          {isAdmin && (
            <Button
              icon={<PlusOutlined aria-hidden />}
              aria-label={t('project.new')}
              title={t('project.new')}
              onClick={() => setMaking(true)}
            />
          )}
        </div>
      </div>
      {project?.mode === 'DevProd' && (
        <div className="labelled">
          <label htmlFor={`${id}e`}>{t('project.environment')}</label>
          <Select
            id={`${id}e`}
            value={environment}
            placeholder={t('project.chooseEnvironment')}
            {...(environment === null && { status: 'warning' as const })}
            onChange={(chosen: Environment) =>
              choosePlace({ project: project.id, environment: chosen })
            }
            options={environments.map((value) => ({
              value,
              label: t(`project.environment.${value}`),
            }))}
          />
        </div>
      )}
      {making && <ProjectDialog close={() => setMaking(false)} />}
    </div>
  );
}
