import { autocompletion, type Completion, type CompletionContext } from '@codemirror/autocomplete';
import { lintGutter, setDiagnostics, type Diagnostic } from '@codemirror/lint';
import { Compartment, EditorState, Prec } from '@codemirror/state';
import { EditorView, keymap } from '@codemirror/view';
import { applyEdits, format } from 'jsonc-parser';
import { useEffect, useImperativeHandle, useRef, type Ref } from 'react';
import type { Schemas } from '../../../api/client';
import { jsonSetup, type EditorLook } from './setup';
import { suggestionsAt, type JsonSchema, type KnownConnection } from './suggestions';

export type Problem = Schemas['ScriptProblem'];

/** What can be done with the text from outside. */
export interface EditorHandle {
  /** Indents it anew; comments stay. */
  format: () => void;
  goTo: (offset: number) => void;
  replace: (text: string) => void;
}

interface CodeEditorProps extends EditorLook {
  ref: Ref<EditorHandle>;
  /** What it begins with; later texts come by `replace`. */
  text: string;
  onChange: (text: string) => void;
  onSave: () => void;
  problems: readonly Problem[];
  schema: JsonSchema | undefined;
  connections: readonly KnownConnection[];
  readOnly: boolean;
}

/** The script as code: highlighted, completed from its schema, with what is wrong in the margin. */
export function CodeEditor({
  ref,
  text,
  problems,
  readOnly,
  label,
  dark,
  locale,
  ...rest
}: CodeEditorProps) {
  const holder = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const look = useRef(new Compartment()).current;
  // Read by the editor whenever it needs them, so that it is made once.
  const now = useRef(rest);
  now.current = rest;

  useEffect(() => {
    const editor = new EditorView({
      parent: holder.current as HTMLElement,
      state: EditorState.create({
        doc: text,
        extensions: [
          Prec.highest(keymap.of([{ key: 'Mod-s', preventDefault: true, run: () => save(now) }])),
          look.of(jsonSetup({ label, dark, locale })),
          lintGutter(),
          autocompletion({ override: [(context) => complete(context, now.current)] }),
          EditorState.readOnly.of(readOnly),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) now.current.onChange(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = editor;
    return () => editor.destroy();
    // Made once; what changes later is told to it below.
  }, []);
  useEffect(() => {
    view.current?.dispatch({ effects: look.reconfigure(jsonSetup({ label, dark, locale })) });
  }, [look, label, dark, locale]);
  useEffect(() => {
    const editor = view.current;
    if (!editor) return;
    const shown = problems.map((problem) => diagnosticOf(problem, editor.state));
    editor.dispatch(setDiagnostics(editor.state, shown));
  }, [problems]);
  useImperativeHandle(ref, () => handleOf(view), []);
  return <div ref={holder} className="code-editor" />;
}

type Now = { current: Pick<CodeEditorProps, 'onSave'> };

function save(now: Now): boolean {
  now.current.onSave();
  return true;
}

function handleOf(view: { current: EditorView | null }): EditorHandle {
  const replace = (text: string) => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === text) return;
    const { length } = editor.state.doc;
    editor.dispatch({ changes: { from: 0, to: length, insert: text } });
  };
  return {
    replace,
    format: () => {
      const text = view.current?.state.doc.toString() ?? '';
      const options = { tabSize: 2, insertSpaces: true, insertFinalNewline: true };
      replace(applyEdits(text, format(text, undefined, options)));
      view.current?.focus();
    },
    goTo: (offset) => {
      const editor = view.current;
      if (!editor) return;
      const at = Math.min(offset, editor.state.doc.length);
      editor.dispatch({
        selection: { anchor: at },
        effects: EditorView.scrollIntoView(at, { y: 'center' }),
      });
      editor.focus();
    },
  };
}

/** A problem stands on the word that it begins with, or on the line's last character. */
function diagnosticOf(
  { offset, message, path, severity }: Problem,
  { doc }: EditorState,
): Diagnostic {
  const from = Math.min(offset, doc.length);
  const line = doc.lineAt(from);
  const word = /^(?:"(?:[^"\\]|\\.)*"|\S+)/.exec(line.text.slice(from - line.from))?.[0] ?? '';
  const to = Math.min(line.to, from + word.length);
  return { from, to, severity, message: path ? `${path}: ${message}` : message };
}

type Known = Pick<CodeEditorProps, 'schema' | 'connections'>;

function complete(context: CompletionContext, { schema, connections }: Known) {
  if (!schema) return null;
  const typed = context.matchBefore(/["\w.-]+/);
  if (!context.explicit && !typed) return null;
  const text = context.state.doc.toString();
  const found = suggestionsAt(text, context.pos, schema, connections);
  if (!found) return null;
  const options = found.items.map(({ label, insert, cursor, info, kind }): Completion => ({
    // What is typed begins with the quotation mark, and so must what it is compared with.
    ...{ label: insert.startsWith('"') ? `"${label}"` : label, displayLabel: label, type: kind },
    ...(info !== undefined && { info }),
    apply: (view, _, from, to) =>
      view.dispatch({
        changes: { from, to: Math.max(to, found.to), insert },
        selection: { anchor: from + (cursor ?? insert.length) },
        userEvent: 'input.complete',
      }),
  }));
  const from = found.to > found.from ? found.from : (typed?.from ?? context.pos);
  return { from, options };
}
