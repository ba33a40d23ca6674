import fc from 'fast-check';
import { ExactNumber, parseExact, writeExact } from '../../model/exact-json';

test('numbers that no double holds come out as they went in', () => {
  const text = '{"a":12345678901234567890,"b":[1.0,1e400,-0,0.1],"c":{"d":7}}';
  expect(writeExact(parseExact(text))).toBe(text);
  expect(parseExact('7')).toBe(7);
  expect(parseExact('1.50')).toBeInstanceOf(ExactNumber);
});

test('whatever JSON there is, it is read as JSON.parse reads it', () => {
  fc.assert(
    fc.property(fc.json(), (json) => {
      expect(JSON.parse(writeExact(parseExact(json)))).toEqual(JSON.parse(json));
    }),
  );
});

test('fields with names of the language, or of a library, are fields like others', () => {
  const text = '{"__proto__":{"x":1},"constructor":2,"isLosslessNumber":true,"toString":null}';
  expect(writeExact(parseExact(text))).toBe(text);
  expect(({} as { x?: number }).x).toBeUndefined();
});

test('of a field that is named twice the last one counts', () => {
  expect(parseExact('{"a":1,"a":"x"}')).toEqual({ a: 'x' });
});
