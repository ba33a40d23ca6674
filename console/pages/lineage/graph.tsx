import { Graph as Layered, layout } from '@dagrejs/dagre';
import { Background, Controls, MarkerType, ReactFlow, type Edge, type Node } from '@xyflow/react';
import '@xyflow/react/dist/style.css';
import { useMemo } from 'react';
import type { Schemas } from '../../api/client';
import { useT } from '../../i18n';
import { useIsDark } from '../../theme';

type Lineage = Schemas['Lineage'];

const width = 220;
const height = 48;

/** Tasks and tables from left to right, the way the data go. */
function placed(lineage: Lineage, about: string): { nodes: Node[]; edges: Edge[] } {
  const graph = new Layered();
  graph.setGraph({ rankdir: 'LR', nodesep: 22, ranksep: 70 });
  graph.setDefaultEdgeLabel(() => ({}));
  const named = [
    ...lineage.nodes.tasks.map(({ id, name }) => ({ id, label: name, look: 'task' })),
    ...lineage.nodes.tables.map((name) => ({ id: name, label: name, look: 'table' })),
  ];
  for (const { id } of named) graph.setNode(id, { width, height });
  for (const { from, to } of lineage.edges) graph.setEdge(from, to);
  layout(graph);
  return {
    nodes: named.map(({ id, label, look }) => {
      const { x, y } = graph.node(id) as { x: number; y: number };
      return {
        ...{ id, data: { label: <Label text={label} /> }, width, height },
        position: { x: x - width / 2, y: y - height / 2 },
        className: `node-${look}${id === about ? ' node-about' : ''}`,
        ...({ sourcePosition: 'right', targetPosition: 'left' } as Pick<
          Node,
          'sourcePosition' | 'targetPosition'
        >),
        ariaLabel: label,
      };
    }),
    edges: lineage.edges.map(({ from, to, kind }) => ({
      ...{ id: `${from} ${to} ${kind}`, source: from, target: to },
      className: `edge-${kind}`,
      markerEnd: { type: MarkerType.ArrowClosed },
      focusable: false,
    })),
  };
}

function Label({ text }: { text: string }) {
  return (
    <span className="node-label" title={text}>
      {text}
    </span>
  );
}

interface GraphProps {
  lineage: Lineage;
  /** The node that it is about, if it is about one. */
  about: string;
  open: (node: string) => void;
}

export function Graph({ lineage, about, open }: GraphProps) {
  const t = useT();
  const isDark = useIsDark();
  const { nodes, edges } = useMemo(() => placed(lineage, about), [lineage, about]);
  return (
    <div
      className="lineage"
      onKeyDown={({ key, target }) => {
        const node = (target as HTMLElement).closest<HTMLElement>('.react-flow__node')?.dataset[
          'id'
        ];
        if (key === 'Enter' && node) open(node);
      }}
    >
      <ReactFlow
        nodes={nodes}
        edges={edges}
        colorMode={isDark ? 'dark' : 'light'}
        fitView
        fitViewOptions={{ maxZoom: 1, padding: 0.1 }}
        minZoom={0.1}
        nodesDraggable={false}
        nodesConnectable={false}
        onNodeClick={(_, { id }) => open(id)}
        aria-label={t('lineage.graph')}
      >
        <Background />
        <Controls showInteractive={false} />
      </ReactFlow>
    </div>
  );
}
