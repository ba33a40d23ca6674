/** What counts as one ID of a type, and what as none: the rules that a task sets, and their effect. */
import { z } from 'zod';
import { builtInFillers, expressionOf, type Fillers } from './id-fillers';
import { normalizeText, type LetterCase } from './id-text';
import { formOf, idForms, idTypeSchema, letterCaseOf, type IdForm } from './id-types';
import { isRegion, type Region } from './numbering-plans';
import { normalizePhone } from './phone-numbers';

/** A number that IDs stay below, of which null lifts the limit. */
export const limitSchema = z.int().min(1, 'must be at least 1, or null for no limit').nullable();

const fillerSchema = z
  .string()
  .max(200)
  .refine((value) => !/[\0\p{Surrogate}]/u.test(value), 'must be a text of whole characters')
  .refine(
    (value) => normalizeText(value, 'kept').replace(/[*\s]/g, '') !== '',
    'must hold more than blanks and `*`, as it would leave out every ID',
  );

/** Rules of one ID type, as a task sets them. */
export const idTypeRulesSchema = z.strictObject({
  form: z
    .enum(idForms)
    .optional()
    .describe(
      'How IDs of the type are read: `email`, `phone`, `text` (normalised only) or `exact` (as they' +
        ' are). By default that of its name, else `text`',
    ),
  case: z
    .enum(['lower', 'kept'])
    .optional()
    .describe(
      'Whether case says nothing (`lower`) or makes another ID (`kept`). By default `lower` for' +
        ' e-mails, device ids and hashes',
    ),
  region: z
    .string()
    .trim()
    .toUpperCase()
    .refine(isRegion, 'must be a region of ISO 3166 in two letters, as in DE, CN or US')
    .nullable()
    .default(null)
    .describe(
      'Region that phones without country code are from, as in `DE`; null: they keep their digits',
    ),
  fillers: z
    .union([
      z.literal(false),
      z.strictObject({
        builtIn: z.boolean().default(true).describe('Whether the built-in list counts'),
        values: z
          .array(fillerSchema)
          .max(1000)
          .default([])
          .describe('More of them; `*` stands for any text, as in `n/a*`'),
      }),
    ])
    .default({ builtIn: true, values: [] })
    .describe('Values that name nobody and are left out, as in `unknown`; false: there are none'),
  maxSharedBy: limitSchema
    .optional()
    .describe('As for the whole job, but for IDs of this type; null: all are kept'),
  maxPerUser: limitSchema
    .default(100)
    .describe('A user with more IDs of the type than this is too many people; null: none is'),
  overMax: z
    .enum(['report', 'apart'])
    .default('report')
    .describe('What is done with such a user: `report` it, or take all its IDs `apart`'),
});
export type IdTypeRulesInput = z.input<typeof idTypeRulesSchema>;

/** What decides which text an ID is compared as. */
export interface ReadingRules {
  form: IdForm;
  case: LetterCase;
  region: Region | null;
}

/** Rules of one ID type with everything settled; plain JSON. */
export interface IdTypeRules extends ReadingRules {
  fillers: { builtIn: boolean; values: string[] };
  /** Undefined: what holds for the whole job. */
  maxSharedBy?: number | null | undefined;
  maxPerUser: number | null;
  overMax: 'report' | 'apart';
}

/**
 * @param idType its name, which the defaults follow
 * @param given what a task sets for it; undefined where it sets nothing
 */
export function rulesOf(idType: string, given: IdTypeRulesInput | undefined): IdTypeRules {
  const rules = idTypeRulesSchema.parse(given ?? {});
  const form = rules.form ?? formOf(idType);
  return {
    ...rules,
    form,
    case: rules.case ?? letterCaseOf(idType, form),
    fillers: rules.fillers || { builtIn: false, values: [] },
  };
}

/** Rules by the name of their type. It may be any, `constructor` too: the object inherits nothing. */
export const idTypesSchema = z
  .record(z.string(), idTypeRulesSchema)
  .superRefine((types, context) => {
    const seen = new Set<string>();
    for (const [name, rules] of Object.entries(types)) {
      for (const { path, message } of contradictions(name, rules, seen)) {
        context.addIssue({ code: 'custom', path: [name, ...path], message });
      }
    }
  })
  .transform((types) => {
    const entries = Object.entries(types).map(([name, rules]) => [idTypeSchema.parse(name), rules]);
    return Object.assign(
      Object.create(null) as object,
      Object.fromEntries(entries),
    ) as typeof types;
  });

/** @param seen the names that came before */
function contradictions(
  name: string,
  rules: z.output<typeof idTypeRulesSchema>,
  seen: Set<string>,
): { path: string[]; message: string }[] {
  const idType = idTypeSchema.safeParse(name);
  if (!idType.success) {
    return [{ path: [], message: `the name of an ID type ${idType.error.issues[0]?.message}` }];
  }
  if (seen.has(idType.data)) return [{ path: [], message: `${idType.data} is listed twice` }];
  seen.add(idType.data);
  const form = rules.form ?? formOf(idType.data);
  const found: { path: string[]; message: string }[] = [];
  if (rules.region !== null && form !== 'phone') {
    found.push({ path: ['region'], message: `is for \`form: "phone"\`; this form is ${form}` });
  }
  if (rules.case === 'lower' && form === 'exact') {
    found.push({ path: ['case'], message: 'texts of `form: "exact"` are taken as they are' });
  }
  return found;
}

/** @returns the text that is compared and stored; null for one that names nobody */
export function normalizeId(rules: ReadingRules, raw: string): string | null {
  if (raw === '' || rules.form === 'exact') return raw || null;
  const text = normalizeText(raw, rules.case);
  if (text === '') return null;
  return rules.form === 'phone' ? normalizePhone(text, rules.region) : text;
}

/** Whether a normalised ID stands for none. Case says nothing here, but for `exact`. */
export function isFiller(rules: IdTypeRules, normalized: string): boolean {
  const text = rules.form === 'exact' ? normalized : normalizeText(normalized, 'lower');
  const { words, mailboxes, parts, expressions } = fillersOf(rules);
  const at = text.indexOf('@');
  return (
    words.includes(text) ||
    (at >= 0 && mailboxes.includes(text.slice(0, at))) ||
    parts.some((part) => text.includes(part)) ||
    expressions.some((one) => new RegExp(`^(?:${one})$`, 'su').test(text))
  );
}

/** All fillers of a type: the built-in ones, where they count, and the task's own. */
export function fillersOf(rules: IdTypeRules): Fillers {
  const { builtIn, values } = rules.fillers;
  const given = builtIn ? builtInFillers[rules.form] : builtInFillers.exact;
  const own = values.flatMap((value) => ownFiller(rules, value) ?? []);
  return {
    words: [...given.words, ...own.filter((text) => !text.includes('*'))],
    mailboxes: given.mailboxes,
    parts: given.parts,
    expressions: [
      ...given.expressions,
      ...own.filter((text) => text.includes('*')).map(expressionOf),
    ],
  };
}

/** A user's filler, read as IDs of the type are; with a `*` it is no whole ID. */
function ownFiller(rules: IdTypeRules, value: string): string | null {
  if (rules.form === 'exact') return value;
  const text = normalizeText(value, 'lower');
  const id = text.includes('*') ? text : normalizeId(rules, value);
  return id === null ? null : normalizeText(id, 'lower');
}
