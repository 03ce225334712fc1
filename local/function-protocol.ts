import * as z from 'zod';

/** What a function's worker is started with. */
export interface WorkerData {
  readonly bundle: string;
  readonly handler: string;
}

/** An invocation: the event as JSON text, as Lambda hands it over. */
export interface Call {
  readonly id: number;
  readonly event: string;
  readonly awsRequestId: string;
}

/** Its answer: the result as JSON text, or Lambda's document about the error. */
export const answerSchema = z.object({
  id: z.number(),
  result: z.string().optional(),
  error: z
    .object({ errorType: z.string(), errorMessage: z.string(), trace: z.array(z.string()) })
    .optional(),
});
export type Answer = z.output<typeof answerSchema>;
