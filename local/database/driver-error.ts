/** An error as the driver throws it: the code in `code`, and at the head of the message. */
export class DriverError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** One of the database's, such as ORA-00942 for 942. */
export const ora = (number: number, text: string): DriverError => {
  const code = `ORA-${String(number).padStart(5, '0')}`;
  const help = `https://docs.oracle.com/error-help/db/${code.toLowerCase()}/`;
  return new DriverError(code, `${code}: ${text}\nHelp: ${help}`);
};

/** One of the driver's own, such as NJS-500. */
export const njs = (number: number, text: string): DriverError => {
  const code = `NJS-${String(number).padStart(3, '0')}`;
  return new DriverError(code, `${code}: ${text}`);
};

/** What the driver makes of a connection that ended under it. */
export const closed = (): DriverError =>
  njs(500, 'connection to Oracle Database was closed or broken');
