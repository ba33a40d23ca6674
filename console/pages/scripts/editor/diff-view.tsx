import { MergeView, unifiedMergeView } from '@codemirror/merge';
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { jsonSetup, type EditorLook } from './setup';

interface DiffViewProps extends Omit<EditorLook, 'label'> {
  before: string;
  after: string;
  labelBefore: string;
  labelAfter: string;
  /** True: one below the other, as on a phone. */
  narrow: boolean;
}

/** How long two long texts may be compared, which else takes minutes. */
const diffConfig = { scanLimit: 10_000, timeout: 2_000 };
const collapseUnchanged = { margin: 3, minSize: 6 };

/** Two texts with what differs between them. */
export function DiffView(props: DiffViewProps) {
  const { before, after, labelBefore, labelAfter, narrow, dark, locale } = props;
  const holder = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const parent = holder.current as HTMLElement;
    const readOnly = (label: string) => [
      jsonSetup({ label, dark, locale }),
      EditorState.readOnly.of(true),
    ];
    const shown = narrow
      ? new EditorView({
          parent,
          doc: after,
          extensions: [
            readOnly(labelAfter),
            unifiedMergeView({
              ...{ original: before, mergeControls: false, diffConfig, collapseUnchanged },
            }),
          ],
        })
      : new MergeView({
          ...{ parent, diffConfig, collapseUnchanged },
          a: { doc: before, extensions: readOnly(labelBefore) },
          b: { doc: after, extensions: readOnly(labelAfter) },
        });
    return () => shown.destroy();
  }, [before, after, labelBefore, labelAfter, narrow, dark, locale]);
  return <div ref={holder} className="diff-view" />;
}
