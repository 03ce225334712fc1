import { defineConfig } from 'vitest/config';

/** Four projects, run one after the other: the cheap ones first, so that a mistake shows early. */
const project = (name: string, include: string[], groupOrder: number) => ({
  extends: true as const,
  test: { name, include, sequence: { groupOrder }, testTimeout: 60_000, hookTimeout: 120_000 },
});

export default defineConfig({
  test: {
    coverage: {
      provider: 'v8',
      include: ['lib/**/*.ts', 'lambda/**/*.ts', 'local/**/*.ts'],
      reporter: ['text-summary', 'lcov'],
    },
    projects: [
      project('unit', ['test/{bin,lambda,local}/**/*.test.ts'], 1),
      project('flow', ['test/flow/**/*.test.ts'], 2),
      project('infra', ['test/infra/**/*.test.ts'], 3),
    ],
  },
});
