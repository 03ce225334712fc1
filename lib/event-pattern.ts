import * as z from 'zod';
import { rules } from './settings-rules.ts';

export const hasFields = (value: object) => Object.keys(value).length > 0;

const patternField = z
  .array(z.unknown(), rules.patternField)
  .min(1, rules.patternField)
  .optional()
  .describe('Values or matchers, one of which the field of the event has');

/** An event pattern in EventBridge's own spelling. */
export const eventPattern = z
  .strictObject(
    {
      source: patternField,
      'detail-type': patternField,
      detail: z
        .record(z.string(), z.unknown(), rules.detail)
        .refine(hasFields, rules.detail)
        .optional()
        .describe('Fields of the event’s own, each with its values or matchers'),
      account: patternField,
      region: patternField,
      resources: patternField,
      id: patternField,
      time: patternField,
      version: patternField,
    },
    rules.pattern,
  )
  .refine(hasFields, rules.pattern);
