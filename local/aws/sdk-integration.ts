import * as z from 'zod';

/** An error of a service as Step Functions names it. */
class ServiceError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** Errors of Systems Manager that its model does not name: Step Functions has one name for all of them. */
const UNMODELLED = [
  'ThrottlingException',
  'AccessDeniedException',
  'ValidationException',
  'UnknownOperationException',
];

/** As which the state machine calls. */
export const MACHINE = 'machine';

const errorSchema = z.object({ __type: z.string(), message: z.string() });

/** The action of a task's resource, `arn:aws:states:::aws-sdk:ssm:sendCommand`; undefined where that is no SDK integration. */
export const sdkAction = (resource: string): string | undefined =>
  /:aws-sdk:ssm:(\w+)$/.exec(resource)?.[1];

/**
 * Calls Systems Manager as a state's SDK integration does.
 * @param url of the loopback service
 * @throws an error with Step Functions' name for what the service answered
 */
export const callSystemsManager = async (
  url: string,
  action: string,
  input: unknown,
): Promise<unknown> => {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      authorization: `Credential=${MACHINE}/`,
      'x-amz-target': `AmazonSSM.${action.replace(/^./, (letter) => letter.toUpperCase())}`,
    },
    body: JSON.stringify(input),
  });
  const body: unknown = await response.json();
  if (response.ok) return body;
  const { __type: type, message } = errorSchema.parse(body);
  const name = UNMODELLED.includes(type) ? 'SsmException' : `${type}Exception`;
  throw new ServiceError(
    `Ssm.${name}`,
    `${message} (Service: Ssm, Status Code: ${response.status}, Request ID: loopback)`,
  );
};
