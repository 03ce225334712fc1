import { pass } from '../refresh/doctor.ts';
import { hasHooks, requireCallable } from '../refresh/hooks.ts';
import { requireNoSource } from './definitions.ts';
import { judged } from './examination.ts';
import type { Subject } from './examination-subject.ts';
import type { Ports } from './ports.ts';
import { requireOracle } from './require-oracle.ts';

/** Checks what needs no array: the other definitions, and what the deployment may call. */
export const examineDeployment = ({ check, request, ports }: Subject): void => {
  const { hooks, refresh, target_protection_group: target, ora_facts } = request;
  if (target !== null) {
    void check('definitions', async () => {
      await requireNoSource(ports.store, target, refresh);
      return judged(pass(`No other refresh has protection group "${target}" as its source.`));
    });
  }
  if (hasHooks(hooks)) {
    void check('hooks', () => {
      requireCallable(hooks, ports.hookRights, refresh);
      return judged(pass(describeCalled(ports)));
    });
  }
  if (ora_facts) {
    void check('database', () => {
      requireOracle(request, ports);
      return judged(pass('This deployment can speak to databases; a dry run logs in to this one.'));
    });
  }
};

/** Whether a document or a function exists is not asked: this deployment has no right to. */
const describeCalled = ({ hookRights }: Pick<Ports, 'hookRights'>): string =>
  hookRights?.commands
    ? 'All programs that the hooks call are on this machine.'
    : 'All that the hooks call may be called here. Whether documents, instances and functions exist is not looked up.';
