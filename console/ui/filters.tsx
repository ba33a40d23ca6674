import { Input, Select } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useSearchParams } from 'react-router';

/** Filters live in the address, so that a list can be sent to somebody as it is. */
export function useFilters<Name extends string>(
  names: readonly Name[],
): [Record<Name, string>, (changes: Partial<Record<Name, string>>) => void] {
  const [params, setParams] = useSearchParams();
  const values = Object.fromEntries(names.map((name) => [name, params.get(name) ?? '']));
  const set = (changes: Partial<Record<Name, string>>) => {
    // As it stands now: what was typed comes later than a click that was made meanwhile.
    const after = new URLSearchParams(window.location.search);
    for (const [name, value] of Object.entries<string | undefined>(changes)) {
      if (value) after.set(name, value);
      else after.delete(name);
    }
    setParams(after, { replace: true });
  };
  return [values as Record<Name, string>, set];
}

interface SearchBoxProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
}

/** Asks once typing pauses, not with every letter. */
export function SearchBox({ label, value, onChange }: SearchBoxProps) {
  const [text, setText] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const said = useRef(value);
  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => {
    // Another address was opened: what was typed for the one before is gone with it.
    if (value !== said.current) setText(value);
    said.current = value;
  }, [value]);
  const ask = (typed: string) => {
    said.current = typed.trim();
    onChange(said.current);
  };
  const type = (typed: string) => {
    setText(typed);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => ask(typed), 300);
  };
  return (
    <Input.Search
      className="search"
      allowClear
      aria-label={label}
      placeholder={label}
      value={text}
      onChange={(event) => type(event.target.value)}
      onSearch={(typed) => {
        clearTimeout(timer.current);
        ask(typed);
      }}
    />
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  options: readonly { value: string; label: string }[];
}

/** One of several, or all of them where nothing is chosen. */
export function Choice({ label, value, onChange, options }: ChoiceProps) {
  return (
    <Select
      className="choice"
      aria-label={label}
      placeholder={label}
      allowClear
      value={value === '' ? null : value}
      onChange={(chosen: string | null | undefined) => onChange(chosen ?? '')}
      options={[...options]}
    />
  );
}
