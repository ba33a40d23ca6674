/** Streams of events: who hears what, and what who comes back gets. */
import type { Change } from '../../model/change';
import { Events } from '../../scheduling/events';
import type { StreamEvent } from '../../scheduling/scheduling';
import type { ChangeListener } from '../../store/store';
import { callerOf } from '../support/samples';

const viewer = callerOf('viewer');
const stranger = { ...viewer, tenant: 'other' };

/** Events over a store that says what a test lets it say. */
class Told {
  private listener: ChangeListener | null = null;
  listens = 0;
  readonly events = new Events({
    changes: {
      listen: (listener) => {
        this.listens += 1;
        this.listener = listener;
        return () => (this.listener = null);
      },
    },
  });

  change(id: string | null, tenant = viewer.tenant, type: Change['type'] = 'run'): void {
    this.listener?.onChanges(tenant, [{ type, id, taskId: 't', version: 1, at: 'now' }]);
  }

  gap(): void {
    this.listener!.onGap();
  }

  get isListening(): boolean {
    return this.listener !== null;
  }

  follow(lastId: string | null = null, caller = viewer) {
    const heard: StreamEvent[] = [];
    const leave = this.events.subscribe(caller, lastId, (event) => heard.push(event));
    const texts = () => heard.map((event) => ('change' in event ? event.change.id : event.type));
    return { heard, leave, texts, lastId: () => heard.at(-1)!.id };
  }
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

const moment = () => jest.advanceTimersByTime(100);

test('changes of the own tenant are told, and of no other', () => {
  const told = new Told();
  const [mine, theirs] = [told.follow(), told.follow(null, stranger)];
  told.change('a');
  told.change('b', 'other');
  moment();
  expect([mine.texts(), theirs.texts()]).toEqual([
    ['ready', 'a'],
    ['ready', 'b'],
  ]);
  expect(told.listens).toBe(1);
});

test('many changes of one thing within a moment are one, and very many of one task too', () => {
  const told = new Told();
  const stream = told.follow();
  for (let nr = 0; nr < 20; nr += 1) told.change('same');
  moment();
  expect(stream.texts()).toEqual(['ready', 'same']);
  for (let nr = 0; nr < 10_000; nr += 1) told.change(`run ${nr}`);
  moment();
  expect(stream.texts()).toEqual(['ready', 'same', null]);
});

test('who left hears nothing more', () => {
  const told = new Told();
  const stream = told.follow();
  stream.leave();
  told.change('a');
  moment();
  expect(stream.texts()).toEqual(['ready']);
});

describe('who comes back', () => {
  test('gets what came since, of the own tenant, in its order', () => {
    const told = new Told();
    const first = told.follow();
    told.change('a');
    moment();
    const { lastId } = first;
    const seen = lastId();
    first.leave();
    for (const id of ['b', 'c']) told.change(id);
    told.change('d', 'other');
    moment();
    expect(told.follow(seen).texts()).toEqual(['ready', 'b', 'c']);
    expect(told.follow(told.follow().lastId()).texts()).toEqual(['ready']);
  });

  test.each([
    ['of another process', () => 'ffffffffffff-3'],
    ['that is none', () => 'nonsense'],
    ['that is yet to come', (now: string) => now.replace(/\d+$/, '999')],
  ])('with a number %s is told to read everything again', (_what, lastId) => {
    const told = new Told();
    expect(told.follow(lastId(told.follow().lastId())).texts()).toEqual(['ready', 'resync']);
  });

  test('after more than is kept is told so too', () => {
    const told = new Told();
    const seen = told.follow().lastId();
    for (let nr = 0; nr < 2001; nr += 1) {
      told.change(`${nr}`);
      moment();
    }
    expect(told.follow(seen).texts()).toEqual(['ready', 'resync']);
    const later = told.follow().lastId();
    told.change('x');
    moment();
    expect(told.follow(later).texts()).toEqual(['ready', 'x']);
  });
});

test('where changes may have been missed, everybody is told to read everything again', () => {
  const told = new Told();
  const streams = [told.follow(), told.follow(null, stranger)];
  told.change('a');
  told.gap();
  expect(streams.map((stream) => stream.texts())).toEqual([
    ['ready', 'a', 'resync'],
    ['ready', 'resync'],
  ]);
  const [first] = streams;
  const before = first!.heard[1]!.id;
  expect(told.follow(before).texts()).toEqual(['ready', 'resync']);
  expect(told.follow(first!.lastId()).texts()).toEqual(['ready']);
});

test('all streams end with the service', () => {
  const told = new Told();
  const stream = told.follow();
  told.change('a');
  told.events.close();
  moment();
  expect(stream.texts()).toEqual(['ready', 'end']);
  expect(told.isListening).toBe(false);
  expect(told.follow().texts()).toEqual(['ready', 'end']);
});

test('no more streams are taken than there is room for', () => {
  const told = new Told();
  const streams = Array.from({ length: 1000 }, () => told.follow());
  expect(() => told.follow()).toThrow('1000 streams are open already');
  streams[0]!.leave();
  expect(told.follow().texts()).toEqual(['ready']);
});
