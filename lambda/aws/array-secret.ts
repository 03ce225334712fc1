import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { parseJson } from '../refresh/parsing.ts';

/** The secret's JSON document. @throws InvalidCredentials when it is not JSON */
export const readSecret = async (client: SecretsManagerClient, id: string): Promise<unknown> => {
  const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: id }));
  return parseJson(SecretString, {
    error: 'InvalidCredentials',
    what: `secret "${id}"`,
    remedy: 'Put a JSON object with src_flash_array_host and src_flash_array_api_token there.',
  });
};
