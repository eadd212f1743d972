import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

const SECOND = 1_000
/**
 * Real kernels and engines on a busy machine: where nobody looks on, a test has a second try, and the report says which one
 * needed it.
 */
const TRIES_AGAIN = process.env['CI'] === 'true' ? 1 : 0

const BUILT = 'test/support/built.ts'

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          globalSetup: BUILT,
          include: [
            'src/**/*.test.ts',
            'scripts/**/*.test.ts',
            'guard/src/**/*.test.ts',
            'guard/test/*.test.ts',
            'test/e2e/**/*.test.ts',
            'test/edge-cases/**/*.test.ts',
            'test/deploy/**/*.test.ts',
            'test/web/**/*.test.ts',
            'test/structure.test.ts',
            'test/docs.test.ts',
          ],
          // Vitest would leave a core to itself; of two, that is one too many.
          maxWorkers: availableParallelism(),
          // Two busy cores start a Node process in seconds, not milliseconds.
          testTimeout: 30 * SECOND,
          hookTimeout: 60 * SECOND,
        },
      },
      {
        // Real kernel, Docker and Podman of this machine: one file at a time, for they share it.
        test: {
          name: 'live',
          include: ['test/live/**/*.test.ts', 'guard/test/live/**/*.test.ts'],
          globalSetup: [BUILT, 'test/support/global-setup.ts'],
          fileParallelism: false,
          retry: TRIES_AGAIN,
          testTimeout: 120 * SECOND,
          hookTimeout: 180 * SECOND,
        },
      },
      {
        // Real programs, and no kill: they share nothing with those above.
        test: {
          name: 'apart',
          globalSetup: BUILT,
          include: ['test/apart/**/*.test.ts'],
          fileParallelism: false,
          retry: TRIES_AGAIN,
          testTimeout: 120 * SECOND,
          hookTimeout: 180 * SECOND,
        },
      },
      {
        // Other kernels, each in a machine of its own.
        test: {
          name: 'guest',
          globalSetup: BUILT,
          include: ['test/guest/**/*.test.ts'],
          fileParallelism: false,
          retry: TRIES_AGAIN,
          testTimeout: 60 * SECOND,
          hookTimeout: 1_260 * SECOND,
        },
      },
    ],
  },
})
