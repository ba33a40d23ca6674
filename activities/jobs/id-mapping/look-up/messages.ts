/** What parent and child of a look-up tell each other; plain JSON. */
import type { LookUpAnswer, LookUpQuestion } from '../../../../model/look-up';
import type { ReadRequest } from '../messages';

export interface LookUpRequest extends ReadRequest {
  question: LookUpQuestion;
}

export type FromLookUp =
  /** What is being done now, in words that fit behind «while». */
  | { type: 'doing'; what: string }
  | { type: 'answer'; answer: LookUpAnswer }
  /** Not foreseen. */
  | { type: 'fault'; message: string; stack: string };
