import * as z from 'zod';

/** What is read of a JSON Schema. */
export interface Node {
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Node[];
  readonly allOf?: readonly Node[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly items?: Node;
  readonly propertyNames?: Node;
  readonly additionalProperties?: Node | false;
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

/** A key of a schema, with where it lies: `refreshes[].name`. */
export interface Key {
  readonly path: string;
  readonly isRequired: boolean;
  readonly node: Node;
}

/** A schema as what people write has to be. */
export const nodeOf = (schema: z.ZodType): Node => {
  const json: unknown = z.toJSONSchema(schema, {
    io: 'input',
    // A default is left out by zod where what is read is turned into something else.
    override: ({ zodSchema, jsonSchema }) => {
      const { def } = zodSchema._zod;
      if (def.type === 'default') jsonSchema.default = def.defaultValue;
    },
  });
  return json as Node;
};

/** Every key below a node. What bears a title of its own is described where that title stands. */
export const keysBelow = (node: Node, path = ''): Key[] => [
  ...Object.entries(node.properties ?? {}).flatMap(([name, property]) => {
    const at = path === '' ? name : `${path}.${name}`;
    const isRequired = node.required?.includes(name) ?? false;
    return [
      { path: at, isRequired, node: property },
      ...(property.title === undefined ? keysBelow(property, at) : []),
    ];
  }),
  ...(node.items && node.items.title === undefined ? keysBelow(node.items, `${path}[]`) : []),
  ...(node.anyOf ?? []).flatMap((choice) => keysBelow(choice, path)),
];

/** The nodes with a title below a node, by title. */
export const titledBelow = (node: Node): ReadonlyMap<string, Node> => {
  const below = [
    ...Object.values(node.properties ?? {}),
    ...(node.items ? [node.items] : []),
    ...(node.anyOf ?? []),
  ];
  return new Map(
    below.flatMap((child) => [
      ...(child.title === undefined ? [] : [[child.title, child] as const]),
      ...titledBelow(child),
    ]),
  );
};
