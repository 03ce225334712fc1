import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { RefreshError } from '../refresh/errors.ts';
import { parseJson } from '../refresh/parsing.ts';

/** The secret's JSON document. @param remedy what to do where it is none @throws InvalidCredentials when it is not there, has no value yet, or is not JSON */
export const readSecret = async (
  client: SecretsManagerClient,
  id: string,
  remedy: string,
): Promise<unknown> => {
  const what = `secret "${id}"`;
  try {
    const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: id }));
    return parseJson(SecretString, { error: 'InvalidCredentials', what, remedy });
  } catch (error) {
    // Also what Secrets Manager answers for a secret that was made and never given a value.
    if (!(error instanceof ResourceNotFoundException)) throw error;
    throw new RefreshError('InvalidCredentials', `The ${what} has no value.`, remedy, {
      cause: error,
    });
  }
};
