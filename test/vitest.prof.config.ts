import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// Set by measure-coverage.mjs: where programs that the tests spawn leave their counts.
const spawned = process.env['MASKWRIGHT_SPAWNED_COVERAGE'];

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ["/tmp/prof-setup.ts", 'test/support/property-runs.ts', 'test/support/equal-bytes.ts'],
    // One more than there are cores: many tests wait for programs that they start.
    maxWorkers: availableParallelism() + 1,
    globalSetup: ['test/support/require-current-build.ts', 'test/support/private-cache.ts'],
    // All cases of the properties run on CI, on machines that may be busy.
    testTimeout: process.env['CI'] === undefined ? 30_000 : 240_000,
    hookTimeout: 120_000,
    env: spawned === undefined ? {} : { NODE_V8_COVERAGE: spawned },
    coverage: { provider: 'v8', include: ['src/**/*.ts'] },
  },
});
