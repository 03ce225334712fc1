/** ARN of an execution by its name. */
export const executionArn = (stateMachineArn: string, name: string): string =>
  `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;

/** Whether a text from outside, such as a tag, has the form of an execution's ARN. */
export const isExecutionArn = (text: string): boolean =>
  /^arn:[^:]+:states:[^:]+:[^:]+:execution:[^:]+:[^:]+$/.test(text);
