import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { RefreshStack } from '../lib/refresh-stack.ts';
import { readSettings, SettingsError } from '../lib/settings.ts';

const app = new App();
try {
  new RefreshStack(app, 'FlashArrayRefresh', readSettings(app.node.tryGetContext('settings')));
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  // The user's mistake, not the program's: the message, and no stack trace.
  console.error(error.message);
  process.exit(1);
}
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
