import { RefreshError } from '../refresh/errors.ts';
import type { RefreshRequest } from '../refresh/request.ts';
import type { Ports } from './ports.ts';

/** @throws InvalidDefinition where the source database is asked for and nobody can reach it */
export const requireOracle = (
  { ora_facts, refresh }: RefreshRequest,
  { hasOracle }: Pick<Ports, 'hasOracle'>,
): void => {
  if (!ora_facts || hasOracle) return;
  throw new RefreshError(
    'InvalidDefinition',
    `Refresh "${refresh}" asks for ora_backup_mode or ora_facts, but this deployment does not speak to databases.`,
    'Add "oracle": {} to the settings, deploy, and put ora_src_usr, ora_src_pwd and ora_src_cs into the new secret; or take ora_backup_mode and ora_facts out.',
  );
};
