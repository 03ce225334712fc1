import { CfnOutput } from 'aws-cdk-lib';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { StepEnvironment } from '../lambda/environment.ts';
import { CredentialsSecret } from './credentials-secret.ts';
import type { Refresh } from './settings.ts';

const description =
  'FlashArray credentials, JSON: src_flash_array_host, src_flash_array_api_token, tgt_flash_array_host, ' +
  'tgt_flash_array_api_token; optional src_flash_array_ca and tgt_flash_array_ca (PEM)';

/** The names of secrets that refreshes have for themselves, each once. */
export const secretNamesOf = (refreshes: readonly Refresh[]): string[] => [
  ...new Set(refreshes.flatMap(({ secretName }) => secretName ?? [])),
];

/** The names by refresh, empty where it has none; nothing at all where no refresh has one. */
const secretsByRefresh = (refreshes: readonly Refresh[]): Record<string, string> =>
  secretNamesOf(refreshes).length === 0
    ? {}
    : Object.fromEntries(refreshes.map(({ name, secretName = '' }) => [name, secretName]));

/** The id of the construct of a secret by its name; a slash would separate constructs. */
export const constructOf = (secretName: string): string =>
  `ArraySecret-${secretName.replaceAll('/', '--')}`;

/** The credentials of the arrays: one secret for refreshes that name none, and one of each name. */
export class ArraySecrets {
  readonly #common: CredentialsSecret;
  readonly #named: readonly CredentialsSecret[];
  /** As the step function has them. */
  readonly #names: Readonly<Record<string, string>>;

  constructor(scope: Construct, refreshes: readonly Refresh[], key: IKey | undefined) {
    this.#common = new CredentialsSecret(scope, 'ArraySecret', { description, key });
    new CfnOutput(scope, 'SecretArn', { value: this.#common.arn });
    this.#names = secretsByRefresh(refreshes);
    this.#named = secretNamesOf(refreshes).map(
      (name) => new CredentialsSecret(scope, constructOf(name), { description, name, key }),
    );
  }

  /** Lets the grantee read all of them. */
  grantRead(grantee: IGrantable): Pick<StepEnvironment, 'SECRET_ID' | 'SECRET_NAMES'> {
    for (const secret of this.#named) secret.grantRead(grantee);
    return { ...this.#common.grantRead(grantee), SECRET_NAMES: JSON.stringify(this.#names) };
  }
}
