import { MIB } from '../../src/model/bytes.ts'
import type { World } from '../../src/model/evidence.ts'
import { cgroupState, containerState, PATH, processState, seen } from './incident.ts'

/** A running container of 512 MiB with one process of 100 MiB that could fork. */
export function livingWorld(name: string): World {
  return {
    observations: [
      seen(containerState({ name, running: true, status: 'running', pid: 10 })),
      seen(
        cgroupState({
          path: PATH,
          version: 2,
          usageBytes: 110 * MIB,
          limitBytes: 512 * MIB,
          swapUsageBytes: 0,
          swapLimitBytes: 0,
          pids: [10],
          stat: new Map([
            ['anon', 100 * MIB],
            ['file', 5 * MIB],
            ['shmem', 0],
          ]),
        }),
      ),
      seen(
        processState({
          pid: 10,
          nsPids: [10, 1],
          name: 'redis-server',
          state: 'S',
          command: ['redis-server'],
          cgroupPaths: [PATH],
          rssBytes: 105 * MIB,
          anonRssBytes: 100 * MIB,
          fileRssBytes: 5 * MIB,
          shmemRssBytes: 0,
          swapBytes: 0,
          pageTableBytes: MIB,
          oomScoreAdj: 0,
        }),
      ),
    ],
    unknown: [],
  }
}
