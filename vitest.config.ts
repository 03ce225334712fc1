import { defineConfig } from 'vitest/config';

/**
 * Projects, by order and then by name: the cheap one first, so that a mistake shows early. Between the others nothing
 * waits for the last file of one, which would leave a core idle; within each the longest file comes first.
 */
const project = (name: string, include: string[], groupOrder: number) => ({
  extends: true as const,
  test: {
    name,
    include,
    sequence: { groupOrder },
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});

export default defineConfig({
  test: {
    // One a core: left alone, vitest keeps a core free on a machine of two.
    maxWorkers: 2,
    globalSetup: 'test/support/recordings.ts',
    coverage: {
      provider: 'v8',
      include: ['lib/**/*.ts', 'lambda/**/*.ts', 'local/**/*.ts'],
      reporter: ['text-summary', 'lcov'],
    },
    projects: [
      project('unit', ['test/{lambda,local}/**/*.test.ts'], 1),
      project('bin', ['test/bin/**/*.test.ts'], 2),
      project('flow', ['test/flow/**/*.test.ts'], 2),
      project('runbooks', ['test/runbooks/**/*.test.ts'], 2),
      project('walk', ['test/walk/**/*.test.ts'], 3),
      // Beside the walk, whose last thread would leave a core idle.
      project('infra', ['test/infra/**/*.test.ts'], 3),
    ],
  },
});
