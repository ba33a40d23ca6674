import { randomBytes } from 'node:crypto';
import { coalesce, type Change } from '../model/change';
import { TablegateError } from '../model/errors';
import type { Caller } from '../model/people';
import type { Store } from '../store/store';
import type { EventService, StreamEvent } from './scheduling';

/** Changes are gathered for so long, so that a thousand of the same run are one. */
const gatherMs = 100;
/** Changes of each type and task that are told one by one. */
const mostOfEach = 50;
/** Changes that are kept for who comes back. */
const mostKept = 2_000;
/** Each stream holds a connection, and what it has not read. */
const mostStreams = 1_000;

type Listener = (event: StreamEvent) => void;

interface Stream {
  tenant: string;
  listener: Listener;
}

/**
 * Hands what the store tells of changes to all who watch. Events are numbered; who comes back with
 * the number of the last one gets what came since, where that is known for certain, and else is told
 * to read everything again.
 */
export class Events implements EventService {
  private readonly streams = new Set<Stream>();
  /** By tenant, what came since it was last told. */
  private gathered = new Map<string, Change[]>();
  private timer: NodeJS.Timeout | null = null;
  /** The latest events, oldest first. */
  private kept: { tenant: string; number: number; event: StreamEvent }[] = [];
  /** Numbers of another process, or of before a gap, say nothing here. */
  private epoch = newEpoch();
  private number = 0;
  private stopListening: (() => void) | null = null;
  private closed = false;

  constructor(private readonly store: Pick<Store, 'changes'>) {}

  subscribe({ tenant }: Caller, lastId: string | null, listener: Listener): () => void {
    if (this.streams.size >= mostStreams) {
      throw new TablegateError('tooManyStreams', `${mostStreams} streams are open already.`);
    }
    this.stopListening ??= this.store.changes.listen({
      onChanges: (of, changes) => this.gather(of, changes),
      onGap: () => this.forget(),
    });
    const stream = { tenant, listener };
    listener({ type: 'ready', id: this.lastId() });
    for (const event of this.since(tenant, lastId)) listener(event);
    if (this.closed) listener({ type: 'end', id: this.lastId() });
    else this.streams.add(stream);
    return () => void this.streams.delete(stream);
  }

  /** What came after an event; all that there is to say to somebody new is nothing. */
  private since(tenant: string, lastId: string | null): StreamEvent[] {
    if (lastId === null) return [];
    const known = this.numberOf(lastId);
    const oldest = this.kept[0]?.number ?? this.number + 1;
    if (known === null || known < oldest - 1) return [{ type: 'resync', id: this.lastId() }];
    return this.kept
      .filter((kept) => kept.tenant === tenant && kept.number > known)
      .map(({ event }) => event);
  }

  private numberOf(id: string): number | null {
    const [epoch, number] = id.split('-');
    if (epoch !== this.epoch || !/^\d{1,15}$/.test(number ?? '')) return null;
    return Number(number) <= this.number ? Number(number) : null;
  }

  private lastId(): string {
    return `${this.epoch}-${this.number}`;
  }

  private gather(tenant: string, changes: Change[]): void {
    const before = this.gathered.get(tenant) ?? [];
    // Gathered twice, so that not even what is gathered grows without end.
    this.gathered.set(tenant, coalesce([...before, ...changes], mostOfEach));
    this.timer ??= setTimeout(() => this.flush(), gatherMs);
  }

  private flush(): void {
    this.timer = null;
    const { gathered } = this;
    this.gathered = new Map();
    for (const [tenant, changes] of gathered) {
      for (const change of changes) this.tell(tenant, change);
    }
  }

  private tell(tenant: string, change: Change): void {
    this.number += 1;
    const event: StreamEvent = { type: 'change', id: this.lastId(), change };
    this.kept.push({ tenant, number: this.number, event });
    if (this.kept.length > mostKept) this.kept.splice(0, this.kept.length - mostKept);
    for (const stream of this.streams) if (stream.tenant === tenant) stream.listener(event);
  }

  /** Something may have been missed: numbers begin anew, and everybody is told. */
  private forget(): void {
    if (this.timer) clearTimeout(this.timer);
    this.flush();
    [this.kept, this.number, this.epoch] = [[], 0, newEpoch()];
    for (const { listener } of this.streams) listener({ type: 'resync', id: this.lastId() });
  }

  close(): void {
    this.closed = true;
    this.stopListening?.();
    if (this.timer) clearTimeout(this.timer);
    for (const { listener } of this.streams) listener({ type: 'end', id: this.lastId() });
    this.streams.clear();
  }
}

function newEpoch(): string {
  return randomBytes(6).toString('hex');
}
