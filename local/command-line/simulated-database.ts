import { createDatabaseSimulator } from '../database/simulator.ts';
import type { DatabaseAccess } from '../deployment.ts';

export interface SimulatedDatabase {
  readonly access: DatabaseAccess;
  /** What was done to it, and whether it is in backup mode. */
  describe(): string;
  stop(): Promise<void>;
}

/** A source database as the worked example needs one: open, and in ARCHIVELOG mode. */
export const simulateDatabase = async (): Promise<SimulatedDatabase> => {
  const simulator = createDatabaseSimulator();
  const { url, stop } = await simulator.serve();
  const { user, password, service } = simulator.state();
  return {
    access: {
      secret: { ora_src_usr: user, ora_src_pwd: password, ora_src_cs: `localhost:1521/${service}` },
      simulator: url,
    },
    describe: () => {
      const { name, datafiles } = simulator.state();
      const active = datafiles.filter(({ backup_since }) => backup_since !== null).length;
      const changes = simulator.statements().filter(({ kind }) => kind === 'execute');
      return [
        `The simulated database ${name} was told:`,
        ...changes.map(({ statement }) => `  ${statement};`),
        `In backup mode now: ${active} of its ${datafiles.length} datafiles.`,
      ].join('\n');
    },
    stop,
  };
};
