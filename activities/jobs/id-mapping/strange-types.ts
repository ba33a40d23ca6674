/** ID types that a task says something of, and that none of its tables has: most likely misspelt. Pure. */
import type { Places } from './messages';
import { typeRulesOf } from './scratch';

/** @returns for each such type a sentence for the log: its tables may come later, so it is no fault */
export function strangeTypes(places: Pick<Places, 'tables' | 'guards'>): string[] {
  const { priority, idTypes } = places.guards;
  const known = typeRulesOf(places).map(({ idType }) => idType);
  const strange = [...new Set([...priority, ...Object.keys(idTypes)])].filter(
    (idType) => !known.includes(idType),
  );
  return strange.map((idType) => {
    const said: string[] = [];
    if (priority.includes(idType)) said.push('a place in `priority`');
    if (Object.hasOwn(idTypes, idType)) said.push('rules in `idTypes`');
    return (
      `no table of the task has IDs of type ${idType}, which has ${said.join(' and ')}, without ` +
      `effect: the tables have ${known.join(', ')}`
    );
  });
}
