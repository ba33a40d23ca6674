/** What an action of the vendor's API is. */
import type { z } from 'zod';
import type { Caller, Role } from '../../../model/people';
import type { Scheduling } from '../../../scheduling/scheduling';

export interface ActionCall<Input> {
  scheduling: Scheduling;
  caller: Caller;
  input: Input;
}

export interface Action<Schema extends z.ZodObject = z.ZodObject> {
  name: string;
  /** As the vendor's clients send it; a POST is taken for all. */
  method: 'GET' | 'POST';
  role: Role;
  summary: string;
  /** Parameters; those that are not known are ignored, as the vendor does. */
  input: Schema;
  /** Parameters as a form holds them, for who tries it. */
  example: Record<string, string>;
  /** @returns the answer, beside its `RequestId` */
  run(call: ActionCall<z.output<Schema>>): Promise<Record<string, unknown>>;
}

/** Declares an action; its parameters are typed by its schema. */
export function action<Schema extends z.ZodObject>(declared: Action<Schema>): Action {
  return declared as unknown as Action;
}
