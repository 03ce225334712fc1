import { parse } from 'yaml';
import * as z from 'zod';

/** A schema as OpenAPI 3.0 writes it. */
export type Schema = Readonly<Record<string, unknown>>;

const schema = z.record(z.string(), z.unknown());
const content = z.object({ 'application/json': z.object({ schema }).optional() });
const parameterSchema = z.object({
  name: z.string(),
  in: z.enum(['query', 'header', 'path']),
  required: z.boolean().default(false),
  explode: z.boolean().optional(),
  schema,
});
const bodySchema = z.object({ required: z.boolean().default(false), content });
const replySchema = z.object({ content: content.optional() });
const operationSchema = z.object({
  parameters: z.array(schema).default([]),
  requestBody: schema.optional(),
  responses: z.record(z.string(), schema),
});
const documentSchema = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
  components: z.record(z.string(), z.unknown()).default({}),
});

export interface Parameter {
  readonly name: string;
  readonly required: boolean;
  readonly schema: Schema;
}

/** What a document says about one method of one path. */
export interface Operation {
  /** In the query string. */
  readonly parameters: readonly Parameter[];
  /** Undefined where the operation takes no JSON. */
  readonly request: { readonly required: boolean; readonly schema: Schema } | undefined;
  /** Of a 200; undefined where it has no JSON. */
  readonly reply: Schema | undefined;
}

/** An OpenAPI 3.0 document. */
export class OpenApi {
  readonly #paths: z.output<typeof documentSchema>['paths'];
  readonly #root: unknown;

  constructor(yaml: string) {
    this.#root = parse(yaml);
    this.#paths = documentSchema.parse(this.#root).paths;
  }

  /** Undefined when the document has no such path, or not with this method. */
  operation(method: string, path: string): Operation | undefined {
    const found = this.#paths[path]?.[method.toLowerCase()];
    if (found === undefined) return undefined;
    const { parameters, requestBody, responses } = operationSchema.parse(found);
    const body = requestBody && bodySchema.parse(this.resolve(requestBody));
    const reply = replySchema.parse(this.resolve(responses['200'] ?? {}));
    const requested = body?.content['application/json']?.schema;
    return {
      parameters: parameters
        .map((parameter) => parameterSchema.parse(this.resolve(parameter)))
        .filter((parameter) => parameter.in === 'query')
        .map((parameter) => this.#parameter(parameter)),
      request: requested && { required: body?.required ?? false, schema: requested },
      reply: reply.content?.['application/json']?.schema,
    };
  }

  /** The object itself, or what its `$ref` leads to. */
  resolve(object: Schema): Schema {
    const { $ref } = object;
    if (typeof $ref !== 'string') return object;
    const target = $ref
      .replace(/^#\//, '')
      .split('/')
      .reduce<unknown>((at, key) => schema.safeParse(at).data?.[key], this.#root);
    const found = schema.safeParse(target);
    if (!found.success) throw new Error(`The OpenAPI document has no ${$ref}.`);
    return this.resolve(found.data);
  }

  #parameter({ name, required, explode, schema }: z.output<typeof parameterSchema>): Parameter {
    const resolved = this.resolve(schema);
    if (resolved['type'] === 'array' && explode !== false) {
      throw new Error(`The contract check reads lists with commas only; ${name} explodes.`);
    }
    return { name, required, schema: resolved };
  }
}
