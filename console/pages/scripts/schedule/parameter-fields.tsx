import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Alert, Button, Form, Input } from 'antd';
import { call, type ApiProblem, type Schemas } from '../../../api/client';
import { useT } from '../../../i18n';
import { useNextTimes } from '../../../ui/next-times';
import { Time } from '../../../ui/time';
import { useDebounced } from '../../../ui/use-debounced';
import { recurrenceOf } from '../../task-dialog/values';
import { isRecurring, type ScheduleValues } from './values';

interface ParameterFieldsProps {
  script: Schemas['Script'];
  values: ScheduleValues;
}

/** Values that are put into the script, each as it will be at the next run. */
export function ParameterFields({ script, values }: ParameterFieldsProps) {
  const t = useT();
  const preview = usePreview(script, values);
  const { data } = preview;
  return (
    <>
      <p className="about">{t('parameter.about')}</p>
      {data && (
        <p className="under">
          {t(isRecurring(values.scheduleType) ? 'parameter.forNext' : 'parameter.forNow')}{' '}
          <Time at={data.scheduleTime} zone={values.timezone} />
        </p>
      )}
      <Form.List name="parameters">
        {(fields, { add, remove }) => (
          <div className="parameters">
            {fields.map(({ key, name: index }) => {
              const name = values.parameters[index]?.name;
              return (
                <div key={key} className="parameter">
                  <Form.Item
                    name={[index, 'name']}
                    label={t('parameter.name')}
                    rules={[{ required: true, message: t('parameter.nameNeeded') }]}
                  >
                    <Input className="mono" placeholder="day" />
                  </Form.Item>
                  <Form.Item
                    name={[index, 'value']}
                    label={t('parameter.value')}
                    rules={[{ required: true, message: t('parameter.valueNeeded') }]}
                  >
                    <Input className="mono" placeholder="$[yyyyMMdd -1]" />
                  </Form.Item>
                  <div className="evaluated">
                    <span className="faint">{t('parameter.evaluated')}</span>
                    <Evaluated of={data?.parameters.find((one) => one.name === name)} />
                  </div>
                  <Button
                    type="text"
                    icon={<DeleteOutlined aria-hidden />}
                    aria-label={t('parameter.remove', { name: name ?? '' })}
                    onClick={() => remove(index)}
                  />
                </div>
              );
            })}
            <div className="parameter-foot">
              <Button
                icon={<PlusOutlined aria-hidden />}
                onClick={() => add({ name: '', value: '' })}
              >
                {t('parameter.add')}
              </Button>
              {data?.unresolved.map((name) => (
                <Button key={name} type="dashed" onClick={() => add({ name, value: '' })}>
                  {t('parameter.addNamed', { name: `\${${name}}` })}
                </Button>
              ))}
            </div>
          </div>
        )}
      </Form.List>
      {preview.error && (
        <Alert type="error" showIcon role="alert" title={sentenceOf(preview.error)} />
      )}
    </>
  );
}

const sentenceOf = ({ fields, message }: ApiProblem): string => fields[0]?.message ?? message;

type Preview = Schemas['ParameterPreview'];

function Evaluated({ of: parameter }: { of: Preview['parameters'][number] | undefined }) {
  if (!parameter) return <code>–</code>;
  const { result, problem } = parameter;
  return problem === null ? <code>{result}</code> : <span className="bad small">{problem}</span>;
}

/** The parameters as they are typed, evaluated by the server for the next time of the cycle. */
function usePreview(script: ParameterFieldsProps['script'], values: ScheduleValues) {
  const { cycle, timezone, scheduleType } = values;
  const recurrence = isRecurring(scheduleType) ? recurrenceOf(cycle) : null;
  const next = useNextTimes({ recurrence, timezone });
  const scheduleTime = recurrence && next.data?.times[0]?.time;
  const parameters = values.parameters.filter((one) => one?.name && one.value);
  const body = useDebounced({ parameters, ...(scheduleTime && { scheduleTime }) }, 400);
  return useQuery<Preview, ApiProblem>({
    queryKey: ['POST /scripts/{id}:preview-parameters', script.id, script.version, body],
    queryFn: ({ signal }) =>
      call('POST /scripts/{id}:preview-parameters', { params: { id: script.id }, body }, signal),
    placeholderData: (before) => before,
    retry: false,
  });
}
