/** Values of parameters: text with expressions of time in it. */
import { readExpression, type Evaluate } from './expression';
import { UnreadableValue } from './refusal';

/** What the vendors give a name of its own. */
const named: Readonly<Record<string, Evaluate>> = {
  bizdate: readExpression('yyyyMMdd', 'business'),
  cyctime: readExpression('yyyyMMddHHmmss', 'schedule'),
  bizmonth: (at) => {
    const [ofBusiness, ofSchedule, before] = [
      readExpression('yyyyMM', 'business'),
      readExpression('yyyyMM', 'schedule'),
      readExpression('yyyyMM-1', 'business'),
    ] as const;
    return ofBusiness(at) === ofSchedule(at) ? before(at) : ofBusiness(at);
  },
};

/** Parameters that are there without being set. */
export function namedTime(name: string): Evaluate | null {
  return Object.hasOwn(named, name) ? named[name]! : null;
}

const piecePattern = /\$\{([^{}]*)\}|\$\[([^[\]]*)\]|\$([A-Za-z_]\w*)/g;

/**
 * Reads a value: constant, by time, or both together as in `day_$[yyyyMMdd]`.
 * @throws UnreadableValue
 */
export function readValue(value: string): Evaluate {
  const pieces: Evaluate[] = [];
  let at = 0;
  for (const match of value.matchAll(piecePattern)) {
    const [whole, business, schedule, name] = match;
    const before = value.slice(at, match.index);
    pieces.push(constant(before), readPiece(whole, business, schedule, name));
    at = match.index + whole.length;
  }
  pieces.push(constant(value.slice(at)));
  return (time) => pieces.map((evaluate) => evaluate(time)).join('');
}

function constant(text: string): Evaluate {
  const begun = /\$[{[]/.exec(text);
  if (begun) throw new UnreadableValue(`"${text.slice(begun.index)}" has no closing bracket`);
  return () => text;
}

function readPiece(
  whole: string,
  business: string | undefined,
  schedule: string | undefined,
  name: string | undefined,
): Evaluate {
  if (business !== undefined) {
    return namedTime(business.trim()) ?? readExpression(business, 'business');
  }
  if (schedule !== undefined) return readExpression(schedule, 'schedule');
  const evaluate = namedTime(name!);
  if (evaluate) return evaluate;
  if (name === 'gmtdate') {
    throw new UnreadableValue(
      '"$gmtdate" is the day of a clock, which a run of a past time must not go by; use $[yyyyMMdd]',
    );
  }
  throw new UnreadableValue(`"${whole}" is not known; there are $bizdate, $cyctime and $bizmonth`);
}
