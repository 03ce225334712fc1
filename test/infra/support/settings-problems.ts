import { readSettings, SettingsError } from '../../../lib/settings.ts';

/** What is wrong with settings, one line a mistake. */
export const problemsWith = (settings: unknown): string[] => {
  try {
    readSettings(settings);
  } catch (error) {
    if (error instanceof SettingsError) return error.message.split('\n').slice(1);
    throw error;
  }
  return [];
};
