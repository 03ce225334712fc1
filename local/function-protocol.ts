import * as z from 'zod';

/** What a function's worker is started with. */
export const workerDataSchema = z.object({ bundle: z.string(), handler: z.string() });

/** An invocation: the event as JSON text, as Lambda hands it over. */
export const callSchema = z.object({ id: z.number(), event: z.string(), awsRequestId: z.string() });
export type Call = z.output<typeof callSchema>;

/** Its answer: the result as JSON text, or Lambda's document about the error. */
export const answerSchema = z.object({
  id: z.number(),
  result: z.string().optional(),
  error: z
    .object({ errorType: z.string(), errorMessage: z.string(), trace: z.array(z.string()) })
    .optional(),
});
export type Answer = z.output<typeof answerSchema>;
