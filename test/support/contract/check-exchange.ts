import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { Exchange } from '../../../local/array/simulator.ts';
import { type Direction, toJsonSchema } from './json-schema.ts';
import type { OpenApi, Operation, Parameter, Schema } from './openapi.ts';

/** Compares requests and replies with an OpenAPI document. */
export class ContractChecker {
  readonly #document: OpenApi;
  readonly #ajv = new Ajv({
    allErrors: true,
    allowUnionTypes: true,
    strict: false,
    formats: { int32: true, int64: true, uint32: true, float: true, double: true },
  });
  /** Compiling takes longer than validating, and the same few operations come again and again. */
  readonly #compiled = new Map<Schema, ValidateFunction>();
  readonly #operations = new Map<string, Operation | undefined>();

  constructor(document: OpenApi) {
    this.#document = document;
  }

  /** What is wrong with the request and, if it was answered with 200, with the reply; a line each. */
  check({ method, path, query, requestBody, status, replyBody }: Exchange): string[] {
    const call = `${method} ${path}`;
    const operation = this.#operation(method, path);
    if (operation === undefined) return [`${call}: there is no such operation`];
    const request = [
      ...this.#checkQuery(operation, query),
      ...this.#checkRequest(operation, requestBody),
    ].map((problem) => `request ${call}: ${problem}`);
    if (status !== 200) return request;
    const reply = this.#checkReply(operation, replyBody);
    return [...request, ...reply.map((problem) => `reply to ${call}: ${problem}`)];
  }

  #operation(method: string, path: string): Operation | undefined {
    const key = `${method} ${path}`;
    if (!this.#operations.has(key)) {
      this.#operations.set(key, this.#document.operation(method, path));
    }
    return this.#operations.get(key);
  }

  #checkQuery({ parameters }: Operation, query: Exchange['query']): string[] {
    const declared = new Map(parameters.map((parameter) => [parameter.name, parameter]));
    const missing = parameters.filter(({ name, required }) => required && !(name in query));
    return [
      ...missing.map(({ name }) => `parameter ${name} is missing`),
      ...Object.entries(query).flatMap(([name, text]) => {
        const parameter = declared.get(name);
        if (parameter === undefined) return [`parameter ${name} is not declared`];
        return this.#checkParameter(parameter, text);
      }),
    ];
  }

  #checkParameter({ name, schema }: Parameter, text: string): string[] {
    return this.#validate(schema, 'request', this.#parse(schema, text)).map(
      (problem) => `parameter ${name}${problem}`,
    );
  }

  /** What the text stands for; the text itself where it does not stand for a value of the type. */
  #parse(schema: Schema, text: string): unknown {
    const { type, items } = schema;
    if (type === 'array' && typeof items === 'object' && items !== null) {
      const item = this.#document.resolve({ ...items });
      return text.split(',').map((part) => this.#parse(item, part));
    }
    if (type === 'boolean' && /^(?:true|false)$/.test(text)) return text === 'true';
    if (type === 'integer' && /^-?\d+$/.test(text)) return Number(text);
    if (type === 'number' && /^-?\d+(?:\.\d+)?$/.test(text)) return Number(text);
    return text;
  }

  #checkRequest({ request }: Operation, body: unknown): string[] {
    if (body === null) return request?.required ? ['the body is missing'] : [];
    if (request === undefined) return ['it takes no body'];
    return this.#validate(request.schema, 'request', body).map((problem) => `body${problem}`);
  }

  #checkReply({ reply }: Operation, body: unknown): string[] {
    if (reply === undefined) return body === null ? [] : ['it has no body'];
    return this.#validate(reply, 'reply', withoutNulls(body)).map((problem) => `body${problem}`);
  }

  #validate(schema: Schema, direction: Direction, value: unknown): string[] {
    const validate =
      this.#compiled.get(schema) ??
      this.#ajv.compile(toJsonSchema(this.#document, schema, direction));
    this.#compiled.set(schema, validate);
    return validate(value) ? [] : (validate.errors ?? []).map(describe);
  }
}

const describe = ({ instancePath, keyword, message, params }: ErrorObject): string => {
  if (keyword === 'false schema') return `${instancePath} is read-only`;
  if (keyword === 'additionalProperties') {
    return `${instancePath}/${params['additionalProperty']} is not in the schema`;
  }
  return `${instancePath} ${message}`;
};

/** Arrays send null for what is absent, and the specification does not say so. */
const withoutNulls = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, part]) => part !== null)
      .map(([key, part]) => [key, withoutNulls(part)]),
  );
};
