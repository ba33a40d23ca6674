/** Versions of scripts, of script objects and of plain tasks alike. */
import type { ScriptAnalysis, ScriptConfig } from './script-object';

/** A named value that is put into the text of a script when it runs. */
export interface ScriptParameter {
  name: string;
  value: string;
}

/** What a script reads and writes, as far as its text tells. */
export interface ScriptLineage {
  /** `connection.schema.table` each. */
  reads: string[];
  writes: string[];
}

/** What is kept of a script for good, once it has been submitted or a task was saved with it. */
export interface ScriptVersion {
  /** Of a plain task, the id of the task. */
  scriptId: string;
  /** From 1 on. */
  version: number;
  text: string;
  /** Settings at that time; null of a plain task, which has its own. */
  config: ScriptConfig | null;
  analysis: ScriptAnalysis;
  remarks: string;
  /** User whose grants it runs with. */
  author: string;
  authorName: string;
  createdAt: string;
}
