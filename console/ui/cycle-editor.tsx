import { Collapse, Input, InputNumber, Segmented, Select } from 'antd';
import { useId, type ReactNode } from 'react';
import { useT } from '../i18n';
import { recurrenceOf, type Cycle } from '../pages/task-dialog/values';
import { NextTimes } from './next-times';

interface CycleEditorProps {
  value?: Cycle;
  onChange?: (cycle: Cycle) => void;
  timezone: string | undefined;
  /** Which cycles may be chosen here. */
  modes: readonly Cycle['mode'][];
}

/** The execution cycle: its times, from when to when, and the next ten of them as they will come. */
export function CycleEditor({ value, onChange, timezone, modes }: CycleEditorProps) {
  const t = useT();
  if (value === undefined) return null;
  const mode = modes.includes(value.mode) ? value.mode : (modes[0] as Cycle['mode']);
  const cycle = { ...value, mode };
  const change = (part: Partial<Cycle>) => onChange?.({ ...cycle, ...part });
  return (
    <div className="cycle">
      {modes.length > 1 && (
        <Segmented
          aria-label={t('cycle.title')}
          value={mode}
          onChange={(chosen) => change({ mode: chosen })}
          options={modes.map((one) => ({ value: one, label: t(`cycle.mode.${one}`) }))}
        />
      )}
      <div className="cycle-fields">
        <CycleFields cycle={cycle} change={change} />
      </div>
      <NextTimes recurrence={recurrenceOf(cycle)} timezone={timezone} />
      <Collapse
        ghost
        size="small"
        items={[
          { key: 'more', label: t('cycle.more'), children: <Bounds {...{ cycle, change }} /> },
        ]}
      />
    </div>
  );
}

interface FieldsProps {
  cycle: Cycle;
  change: (part: Partial<Cycle>) => void;
}

function Labelled({ label, children }: { label: string; children: (id: string) => ReactNode }) {
  const id = useId();
  return (
    <div className="labelled">
      <label htmlFor={id}>{label}</label>
      {children(id)}
    </div>
  );
}

function CycleFields({ cycle, change }: FieldsProps) {
  const t = useT();
  switch (cycle.mode) {
    case 'day':
      return (
        <Labelled label={t('cycle.at')}>
          {(id) => (
            <Input
              id={id}
              type="time"
              required
              value={cycle.at.slice(0, 5)}
              onChange={(event) => change({ at: event.target.value })}
            />
          )}
        </Labelled>
      );
    case 'hour':
      return (
        <>
          <Labelled label={t('cycle.from')}>
            {(id) => (
              <Input
                id={id}
                type="time"
                required
                value={cycle.from.slice(0, 5)}
                onChange={(event) => change({ from: event.target.value })}
              />
            )}
          </Labelled>
          <Labelled label={t('cycle.interval')}>
            {(id) => (
              <InputNumber
                id={id}
                min={1}
                max={24}
                precision={0}
                value={cycle.interval}
                onChange={(interval) => change({ interval: interval ?? 1 })}
              />
            )}
          </Labelled>
        </>
      );
    case 'cron':
      return (
        <Labelled label={t('cycle.cron')}>
          {(id) => (
            <Input
              id={id}
              className="mono"
              value={cycle.cron}
              onChange={(event) => change({ cron: event.target.value })}
              placeholder="0 30 2 * * ?"
            />
          )}
        </Labelled>
      );
  }
}

function Bounds({ cycle, change }: FieldsProps) {
  const t = useT();
  return (
    <div className="cycle-fields">
      <Labelled label={t('cycle.start')}>
        {(id) => (
          <Input
            id={id}
            value={cycle.startTime}
            placeholder="2026-01-01 00:00:00"
            onChange={(event) => change({ startTime: event.target.value })}
          />
        )}
      </Labelled>
      <Labelled label={t('cycle.end')}>
        {(id) => (
          <Input
            id={id}
            value={cycle.endTime}
            placeholder="2026-12-31 23:59:59"
            onChange={(event) => change({ endTime: event.target.value })}
          />
        )}
      </Labelled>
      <Labelled label={t('cycle.catchUp')}>
        {(id) => (
          <Select
            id={id}
            value={cycle.catchUp}
            onChange={(catchUp) => change({ catchUp })}
            options={(['latest', 'none', 'all'] as const).map((policy) => ({
              value: policy,
              label: t(`cycle.catchUp.${policy}`),
            }))}
          />
        )}
      </Labelled>
      <Labelled label={t('cycle.runs')}>
        {(id) => (
          <Select
            id={id}
            value={cycle.runs}
            onChange={(runs) => change({ runs })}
            options={(['normal', 'skip'] as const).map((runs) => ({
              value: runs,
              label: t(`cycle.runs.${runs}`),
            }))}
          />
        )}
      </Labelled>
    </div>
  );
}
