import * as z from 'zod';

/** What is wrong with a request, by the name that AWS has for it. */
export class RunCommandError extends Error {
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

const parameter = z.looseObject({
  type: z.string(),
  default: z.union([z.string(), z.array(z.string())]).optional(),
  allowedPattern: z.string().optional(),
  allowedValues: z.array(z.string()).optional(),
});

/** A Command document of schema 2.2, as far as it is run here: one step that runs a shell script. */
export const commandDocumentSchema = z.looseObject({
  schemaVersion: z.literal('2.2'),
  parameters: z.record(z.string(), parameter).default({}),
  mainSteps: z.tuple([
    z.looseObject({
      action: z.literal('aws:runShellScript'),
      inputs: z.looseObject({
        runCommand: z.union([z.array(z.string()), z.string()]),
        timeoutSeconds: z.union([z.string(), z.number()]).default(3_600),
      }),
    }),
  ]),
});
export type CommandDocument = z.output<typeof commandDocumentSchema>;

/** What an instance is to run. */
export interface Script {
  readonly text: string;
  readonly timeoutSeconds: number;
}

/**
 * The document's script with these values for its parameters.
 * @throws RunCommandError for a value that the document does not take
 */
export const scriptOf = (
  { parameters, mainSteps: [{ inputs }] }: CommandDocument,
  values: Readonly<Record<string, readonly string[]>>,
): Script => {
  const unknown = Object.keys(values).filter((name) => !Object.hasOwn(parameters, name));
  if (unknown.length > 0) throw invalid(`unknown parameters ${unknown.join(', ')}`);
  const known = new Map(
    Object.entries(parameters).map(([name, declared]) => {
      const given = values[name] ?? asList(declared.default);
      if (!given) throw invalid(`parameter ${name} is required`);
      for (const value of given) check(name, value, declared);
      return [name, given] as const;
    }),
  );
  const fill = (text: string) =>
    text.replaceAll(
      /\{\{ *(\w+) *\}\}/g,
      (found, name: string) => known.get(name)?.join(' ') ?? found,
    );
  const { runCommand, timeoutSeconds } = inputs;
  // A list of lines may come from a parameter as a whole.
  const list =
    typeof runCommand === 'string' ? /^\{\{ *(\w+) *\}\}$/.exec(runCommand)?.[1] : undefined;
  const lines = (list === undefined ? asList(runCommand) : known.get(list)) ?? [];
  return {
    text: lines.map(list === undefined ? fill : (line) => line).join('\n'),
    timeoutSeconds: Number(fill(String(timeoutSeconds))),
  };
};

const asList = (value: string | readonly string[] | undefined): readonly string[] | undefined =>
  typeof value === 'string' ? [value] : value;

const check = (
  name: string,
  value: string,
  { allowedPattern, allowedValues }: z.output<typeof parameter>,
): void => {
  const isAllowed =
    (allowedPattern === undefined || new RegExp(allowedPattern).test(value)) &&
    (allowedValues?.includes(value) ?? true);
  if (!isAllowed) throw invalid(`parameter ${name} has a value that is not allowed`);
};

const invalid = (problem: string) => new RunCommandError('InvalidParameters', problem);
