/** What we use of `oracledb`: the far end that the simulator stands in for. */
export interface Driver {
  /** Values of `privilege`. */
  readonly SYSBACKUP: number;
  readonly SYSDBA: number;
  /** Value of `outFormat`: rows as objects, by their columns' names. */
  readonly OUT_FORMAT_OBJECT: number;
  getConnection(options: ConnectOptions): Promise<DriverConnection>;
}

export interface ConnectOptions {
  readonly user: string;
  readonly password: string;
  readonly connectString: string;
  /** Absent: an ordinary login. */
  readonly privilege?: number;
  /** Whole seconds, for each address: TCP, and until the listener accepts. The login after that is not bounded by it. */
  readonly connectTimeout: number;
  /** Whole seconds, for each address, for TCP alone. */
  readonly transportConnectTimeout: number;
  /** What the database's `v$session.program` shows. */
  readonly program: string;
}

export interface DriverConnection {
  /** Milliseconds; after them the driver asks the database to break off, and then waits for that for good. */
  callTimeout: number;
  execute(
    sql: string,
    binds: readonly never[],
    options: { readonly outFormat: number },
  ): Promise<{ readonly rows?: readonly object[] | undefined }>;
  close(): Promise<void>;
}
