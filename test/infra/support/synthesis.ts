import { join } from 'node:path';
import { App, type AppProps } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { BUNDLING_STACKS } from 'aws-cdk-lib/cx-api';
import { RefreshStack } from '../../../lib/refresh-stack.ts';
import { readSettings, type Settings } from '../../../lib/settings.ts';
import { context, root, temporaryFolder } from './project.ts';

/** A deployment that speaks to a source database, through Lambda's own network. */
export const withOracle = { refreshes: [], oracle: {} };

/** What the hooks of definitions may call. */
export const withHooks = {
  refreshes: [],
  hooks: {
    documents: ['refresh-oracle', 'AWS-RunShellScript'],
    instanceTags: { 'flasharray-refresh': ['hooks'] },
    functions: ['arn:aws:lambda:eu-central-1:123456789012:function:mask'],
  },
};

/** The settings files that are kept here: kinds of deployments that there are. */
type SettingsFile = 'minimal' | 'two-array-pairs' | 'private-network' | 'everything';
export const settingsIn = (name: SettingsFile): Settings =>
  readSettings(join(root, 'test', 'infra', 'settings', `${name}.json`));

/** All that a deployment can have. */
export const withEverything = settingsIn('everything');

/**
 * An app with our stack and these settings. Without the bundles, which take a second and which these tests do not look
 * into: `handler-code.test.ts` and `app.test.ts` make them.
 */
export function appFor(settings: unknown, props: AppProps = {}) {
  const app = new App({
    outdir: temporaryFolder(),
    context: { ...context, [BUNDLING_STACKS]: [] },
    ...props,
  });
  return { app, stack: new RefreshStack(app, 'FlashArrayRefresh', readSettings(settings)) };
}

/** The template with these settings, unchecked: the rules take seconds, and `security-findings.test.ts` has them. */
export function templateFor(settings: unknown, props: AppProps = {}): Template {
  return Template.fromStack(
    appFor(settings, { builtinCloudFormationValidation: false, ...props }).stack,
  );
}

/** The template with these refreshes, of which none has a source database that is spoken to. */
export const templateWith = (...refreshes: unknown[]): Template => templateFor({ refreshes });
