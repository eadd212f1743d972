import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

const SECOND = 1_000
/**
 * Real kernels, engines, servers and terminals on a busy machine: where nobody looks on, a test has a second try, and the report says
 * which one needed it.
 */
const TRIES_AGAIN = process.env['CI'] === 'true' ? 1 : 0

const BUILT = 'test/support/built.ts'
/** What servers answer to tests is as their schemas say. */
const HELD = 'test/support/hold-answers.ts'

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          globalSetup: BUILT,
          setupFiles: HELD,
          include: [
            'src/**/*.test.ts',
            'scripts/**/*.test.ts',
            'guard/src/**/*.test.ts',
            'guard/test/*.test.ts',
            'test/e2e/**/*.test.ts',
            'test/edge-cases/**/*.test.ts',
            'test/deploy/**/*.test.ts',
            'test/web/**/*.test.ts',
            'test/*.test.ts',
          ],
          // The files share the modules of their worker: loading them anew for each took most of the time.
          isolate: false,
          // Vitest would leave a core to itself; of two, that is one too many.
          maxWorkers: availableParallelism(),
          retry: TRIES_AGAIN,
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
          setupFiles: HELD,
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
          setupFiles: HELD,
          include: ['test/apart/**/*.test.ts'],
          fileParallelism: false,
          retry: TRIES_AGAIN,
          testTimeout: 120 * SECOND,
          hookTimeout: 180 * SECOND,
        },
      },
      {
        // The scanner, whose workers die in groups of their own: it needs no engine, and looks at no other group.
        test: {
          name: 'scanner',
          include: ['test/scanner/**/*.test.ts'],
          globalSetup: BUILT,
          setupFiles: HELD,
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
          setupFiles: HELD,
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
