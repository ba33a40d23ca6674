export interface RequirementRow {
  id: string;
  what: string;
  /** `file`: title, each; none where the row is open. */
  shownBy: string[];
}

/** @returns the rows of docs/requirements.md */
export function requirementRows(): RequirementRow[];

/** @returns an entry for each row that the title of a tracked test begins with */
export function titledTests(): { id: string; entry: string }[];
