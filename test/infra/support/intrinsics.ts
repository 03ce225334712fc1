import * as z from 'zod';

/** Logical ids end in a hash of eight hex digits, which says nothing to a reader. */
const nameOf = (logicalId: string): string => logicalId.replace(/[0-9A-F]{8}$/, '');

const ref = z.strictObject({ Ref: z.string() }).transform(({ Ref }) => `<${nameOf(Ref)}>`);
const getAtt = z
  .strictObject({ 'Fn::GetAtt': z.tuple([z.string(), z.string()]) })
  .transform(({ 'Fn::GetAtt': [id, attribute] }) => `<${nameOf(id)}.${attribute}>`);
const part = z.union([z.string(), ref, getAtt]);
const join = z
  .strictObject({ 'Fn::Join': z.tuple([z.string(), z.array(part)]) })
  .transform(({ 'Fn::Join': [separator, parts] }) => parts.join(separator));

/** A string of the template, with `<Bucket>` for a Ref and `<Bucket.Arn>` for an attribute. */
export const templateString = z.union([part, join]);

/** One such string, or a list of them. */
export const templateStrings = z.union([
  templateString.transform((one) => [one]),
  z.array(templateString),
]);
