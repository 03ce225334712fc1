import { definition } from './databases.ts';

/** An API token where none belongs. */
export const STRAY_TOKEN = '3bdf3b60-f0c0-fa8a-83c1-b794ba8f562c';

/** Inputs that are not right, with the error's name and what its message says. */
export const wrongInputs = [
  {
    mistake: 'an unknown refresh',
    event: { refresh: 'nightli' },
    error: 'UnknownRefresh',
    says: '"nightly"',
  },
  {
    mistake: 'a name that leads out of the folder',
    event: { refresh: '../manifests/nightly' },
    error: 'UnknownRefresh',
    says: 'cannot be the name',
  },
  {
    mistake: 'an override of the target group',
    event: { refresh: 'nightly', target_protection_group: 'prd-pg' },
    error: 'InvalidEvent',
    says: 'unknown key "target_protection_group"',
  },
  {
    mistake: 'an override of replicate',
    event: { refresh: 'nightly', replicate: true },
    error: 'InvalidEvent',
    says: 'unknown key "replicate"',
  },
  {
    mistake: 'an override of a wrong type',
    event: { refresh: 'nightly', execute: 'yes' },
    error: 'InvalidEvent',
    says: 'execute: expected a boolean, found "yes"',
  },
  {
    mistake: 'a snapshot name that the array would not take',
    event: { refresh: 'nightly', snapshot_name: 'with space' },
    error: 'InvalidDefinition',
    says: '"with space"',
  },
  { mistake: 'no event at all', event: null, error: 'InvalidEvent', says: 'expected an object' },
] as const;

/** Definitions that are not right, and what the error's message says. */
export const wrongDefinitions = [
  {
    mistake: 'text that is no JSON',
    broken: '{\n  "source_protection_group": ,\n}',
    says: 'not JSON',
  },
  { mistake: 'a document that is no object', broken: '[]', says: 'definition "broken"' },
  {
    mistake: 'no source group',
    broken: { target_protection_group: 'dev-pg' },
    says: 'source_protection_group',
  },
  {
    mistake: 'an unknown key',
    broken: { ...definition, taget_protection_group: 'x' },
    says: '"taget_protection_group"',
  },
  {
    mistake: 'a wrong type',
    broken: { ...definition, excluded_volumes: 'app-config' },
    says: 'excluded_volumes',
  },
  {
    mistake: 'a token',
    broken: { ...definition, src_flash_array_api_token: STRAY_TOKEN },
    says: '"src_flash_array_api_token"',
  },
  {
    mistake: 'a token that breaks the JSON off',
    broken: `{ "api_token": "${STRAY_TOKEN}`,
    says: 'not JSON',
  },
  {
    mistake: 'a replicate that is neither true nor false',
    broken: { ...definition, replicate: 'now' },
    says: 'replicate',
  },
  {
    mistake: 'a limit of no time at all',
    broken: { ...definition, replication_stall_minutes: 0 },
    says: 'replication_stall_minutes',
  },
  {
    mistake: 'a backup mode of no time at all',
    broken: { ...definition, ora_backup_mode_max_seconds: 0 },
    says: 'ora_backup_mode_max_seconds',
  },
];
