/** What the process tells whoever has started it; USAGE and the README tell people. */
export const EXIT = {
  success: 0,
  failure: 1,
  usage: 2,
  mixed: 3,
  inBackupMode: 4,
} as const;
