import { App, type AppProps } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { BUNDLING_STACKS } from 'aws-cdk-lib/cx-api';
import { RefreshStack } from '../../../lib/refresh-stack.ts';
import { readSettings } from '../../../lib/settings.ts';
import { context, temporaryFolder } from './project.ts';

/**
 * An app with our stack and these refreshes. Without the bundle, which takes a second and which these tests do not look
 * into: `handler-code.test.ts` and `app.test.ts` make it.
 */
export function appWith(refreshes: unknown[], props: AppProps = {}) {
  const app = new App({
    outdir: temporaryFolder(),
    context: { ...context, [BUNDLING_STACKS]: [] },
    ...props,
  });
  return { app, stack: new RefreshStack(app, 'FlashArrayRefresh', readSettings({ refreshes })) };
}

/** The template with these refreshes, unchecked: the rules take seconds, and `security-findings.test.ts` has them. */
export function templateWith(...refreshes: unknown[]): Template {
  return Template.fromStack(appWith(refreshes, { builtinCloudFormationValidation: false }).stack);
}
