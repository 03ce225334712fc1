import { App, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { BUNDLING_STACKS } from 'aws-cdk-lib/cx-api';
import { AwsSolutionsChecks } from 'cdk-nag';
import { RefreshStack } from '../../../lib/refresh-stack.ts';
import { readSettings } from '../../../lib/settings.ts';
import { context as cdkContext, temporaryFolder } from './project.ts';

/** Without a bundle, which these tests do not look into: `handler-code.test.ts` and `app.test.ts` make it. */
const context = { ...cdkContext, [BUNDLING_STACKS]: [] };

const stackWith = (refreshes: unknown[], app: App): RefreshStack =>
  new RefreshStack(app, 'FlashArrayRefresh', readSettings({ refreshes }));

/** The template with these refreshes, unchecked: the rules take seconds, and `security-findings.test.ts` has them. */
export function templateWith(...refreshes: unknown[]): Template {
  const outdir = temporaryFolder();
  const app = new App({ outdir, context, builtinCloudFormationValidation: false });
  return Template.fromStack(stackWith(refreshes, app));
}

/**
 * The folder of the assembly with these refreshes, checked by both sets of rules as in `bin/app.ts`.
 *
 * @param change changes the stack before it is checked
 * @throws when a rule finds something that is not acknowledged
 */
export function checkedAssembly(
  refreshes: unknown[],
  change: (stack: RefreshStack) => void = () => {},
): string {
  const outdir = temporaryFolder();
  const app = new App({ outdir, context });
  change(stackWith(refreshes, app));
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  app.synth();
  return outdir;
}
