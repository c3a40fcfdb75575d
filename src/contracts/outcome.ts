import * as z from 'zod';
import { errorCodes } from './error-codes';

/** A failure as data: what crosses activities, history, records and answers in place of a thrown error. */
export const problemSchema = z.object({
  code: z.enum(errorCodes),
  message: z.string(),
  hint: z.string().optional(),
  /** Messages of the causes, outermost first, without stacks. */
  causes: z.array(z.string()).optional(),
});
export type Problem = z.infer<typeof problemSchema>;

export type Succeeded<T> = { readonly status: 'succeeded' } & T;
export interface Failed {
  readonly status: 'failed';
  readonly problem: Problem;
}
/** What every activity returns. An activity throws only when trying the same call again can help. */
export type Outcome<T> = Succeeded<T> | Failed;

/** Something the operator should know about a run that did not fail because of it. */
export const warningSchema = z.object({ code: z.string(), message: z.string(), hint: z.string().optional() });
export type Warning = z.infer<typeof warningSchema>;
