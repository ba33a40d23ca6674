import { QuotePlaces } from '../../connectors/csv-quotes';

/** In pieces of each size, as a file may be cut anywhere. */
function judged(text: string): boolean[] {
  const bytes = Buffer.from(text);
  const answers = [1, 2, 3, bytes.length].map((size) => {
    const quotes = new QuotePlaces(',');
    let usual = true;
    for (let at = 0; at < bytes.length; at += size) {
      usual &&= quotes.areUsual(bytes.subarray(at, at + size));
    }
    return usual && quotes.isWhole;
  });
  return [...new Set(answers)];
}

it('quotes around whole values are usual, and doubled ones in them', () => {
  for (const text of ['a,b\n1,2\n', '"a","b ""c"""\r\n"",x\n', '1,"x\n,y"', '"a"']) {
    expect([text, judged(text)]).toEqual([text, [true]]);
  }
});

it('a quote in the middle of a value, text behind the last one and an open one are not', () => {
  for (const text of ['1,12" pipe\n2,10" pipe\n', 'x"y"z\n', '"a"b,c\n', '1,"x\n', ' "a"\n']) {
    expect([text, judged(text)]).toEqual([text, [false]]);
  }
});
