import { defineConfig } from 'vitest/config';

/** Projects, run one after the other but for the last two: the cheap ones first, so that a mistake shows early. */
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
    coverage: {
      provider: 'v8',
      include: ['lib/**/*.ts', 'lambda/**/*.ts', 'local/**/*.ts'],
      reporter: ['text-summary', 'lcov'],
    },
    projects: [
      project('unit', ['test/{bin,lambda,local}/**/*.test.ts'], 1),
      project('flow', ['test/flow/**/*.test.ts'], 2),
      project('walk', ['test/walk/**/*.test.ts'], 3),
      // Beside the walk, whose last thread would leave a core idle.
      project('infra', ['test/infra/**/*.test.ts'], 3),
    ],
  },
});
