import { App, Button, Form, Input, Select } from 'antd';
import { useEffect, useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import type { ApiProblem } from '../../api/client';
import { useAction } from '../../api/hooks';
import { useMay } from '../../api/session';
import { useT } from '../../i18n';
import { Dialog } from '../../ui/dialog';
import { useNarrow } from '../../ui/media';
import { ProblemAlert } from '../../ui/problem-alert';
import { RoleNeeded } from '../../ui/role-needed';
import { Loading, Nothing, ProblemView } from '../../ui/states';
import { useUnsavedGuard } from '../../ui/unsaved-guard';
import { DatasourceFields, type CreateValues } from './datasource-fields';
import { problemOfName } from './name';
import { PlacePicker } from './place-picker';
import { usePlace, type Place, type Project } from './place';
import { usePipeline } from './pipeline-tree';
import { atMost, counted, lengthOf, maxDescription, settle } from './rules';
import { NothingChosen } from './start';
import { folderChoices, root, type Folder } from './tree-of';

/** `Create Offline Script`, above the tree. */
export function CreateScriptDialog() {
  const t = useT();
  const narrow = useNarrow();
  const navigate = useNavigate();
  const place = usePlace();
  const close = () => void navigate('/data-integration');
  return (
    <>
      <NothingChosen />
      <Dialog
        className="create-script"
        title={t('create.title')}
        width={narrow ? '100%' : 720}
        mask={{ closable: false }}
        onCancel={close}
      >
        {place.ready && place.project ? (
          <CreateInPlace place={place} project={place.project} close={close} />
        ) : place.projects === undefined && place.problem === null ? (
          <Loading />
        ) : (
          <>
            <PlacePicker place={place} />
            <Nothing title={t('project.chooseEnvironment')} />
          </>
        )}
      </Dialog>
    </>
  );
}

interface CreateProps {
  place: Place;
  project: Project;
  close: () => void;
}

function CreateInPlace(props: CreateProps) {
  const { tree, problem, retry } = usePipeline(props.project, props.place);
  if (problem) return <ProblemView problem={problem} retry={retry} />;
  if (tree === undefined) return <Loading />;
  return <CreateForm {...props} tree={tree} />;
}

const start: CreateValues = {
  ...{ name: '', scheduleType: 'Recurring Task Node', description: '', directory: root },
  ...{ sourceType: null, source: null, targetType: null, target: null },
};

function CreateForm({ place, project, close, tree }: CreateProps & { tree: Folder }) {
  const t = useT();
  const [form] = Form.useForm<CreateValues>();
  const [search] = useSearchParams();
  const choices = folderChoices(tree);
  const wanted = search.get('directory');
  const directory = choices.some(({ value }) => value === wanted) ? wanted : root;
  const [dirty, setDirty] = useState(false);
  const creating = useCreate(place, project);
  useUnsavedGuard(dirty && creating.made === null);
  const navigate = useNavigate();
  const may = useMay('developer');
  useEffect(() => {
    if (creating.made !== null) void navigate(`/data-integration/${creating.made}`);
  }, [creating.made, navigate]);
  return (
    <Form<CreateValues>
      form={form}
      layout="vertical"
      initialValues={{ ...start, directory: directory ?? root }}
      onValuesChange={() => setDirty(true)}
      onFinish={(values) => void creating.create(values, (errors) => form.setFields(errors))}
      scrollToFirstError
      disabled={!may}
    >
      {!may && <RoleNeeded role="developer" />}
      <p className="about">
        {project.name}
        {place.environment && ` · ${t(`project.environment.${place.environment}`)}`}
      </p>
      <fieldset className="form-area">
        <legend>{t('create.basic')}</legend>
        <Form.Item<CreateValues>
          name="name"
          label={t('create.name')}
          required
          rules={[{ validator: (_, name: string) => settle(problemOfName(name, t)) }]}
        >
          <Input
            autoFocus
            placeholder={t('create.nameExample')}
            count={{ show: true, max: 64, strategy: (text) => lengthOf(text.trim()) }}
          />
        </Form.Item>
        <Form.Item<CreateValues> name="scheduleType" label={t('create.scheduleType')} required>
          <Select
            options={[
              { value: 'Recurring Task Node', label: t('create.recurring') },
              { value: 'Manual Task Node', label: t('create.manual') },
            ]}
          />
        </Form.Item>
        <Form.Item<CreateValues>
          name="description"
          label={t('create.description')}
          rules={[atMost(maxDescription, t)]}
        >
          <Input.TextArea autoSize={{ minRows: 2, maxRows: 6 }} count={counted(maxDescription)} />
        </Form.Item>
        <Form.Item<CreateValues> name="directory" label={t('create.directory')} required>
          <Select options={choices} showSearch={{ optionFilterProp: 'label' }} />
        </Form.Item>
      </fieldset>
      <DatasourceFields form={form} />
      {creating.problem && (
        <ProblemAlert problem={creating.problem} isBeside={(path) => path in start} />
      )}
      <div className="dialog-foot">
        <Button onClick={close} disabled={false}>
          {t('act.cancel')}
        </Button>
        <Button type="primary" htmlType="submit" loading={creating.busy}>
          {t('act.ok')}
        </Button>
      </div>
    </Form>
  );
}

type FieldErrors = { name: keyof CreateValues; errors: string[] }[];

/** Creates; what the API says of single fields is shown beside them. */
function useCreate({ environment }: Place, project: Project) {
  const t = useT();
  const { message } = App.useApp();
  const create = useAction('POST /scripts', ['script']);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [made, setMade] = useState<string | null>(null);
  const send = async (values: CreateValues, showErrors: (errors: FieldErrors) => void) => {
    setProblem(null);
    const { sourceType, source, targetType, target, ...basic } = values;
    // The rules of the form have asked for these.
    if (!sourceType || !source || !targetType || !target) return;
    try {
      const { id, name } = await create.mutateAsync({
        body: {
          ...{ project: project.id, ...(environment && { environment }) },
          ...{ ...basic, name: basic.name.trim(), sourceType, source, targetType, target },
        },
      });
      message.success({ key: 'saved', content: t('create.done', { name }) });
      setMade(id);
    } catch (error) {
      const { fields } = error as ApiProblem;
      const placed = fields.filter(({ path }) => path in start);
      showErrors(
        placed.map(({ path, message: what }) => ({
          name: path as keyof CreateValues,
          errors: [what],
        })),
      );
      if (placed.length < Math.max(1, fields.length)) setProblem(error as ApiProblem);
    }
  };
  return { create: send, problem, made, busy: create.isPending };
}
