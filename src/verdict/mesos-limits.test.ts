import { expect, it } from 'vitest'
import { MIB } from '../model/bytes.ts'
import type { MarathonApp } from '../model/cluster.ts'
import { limitInWords, limitOfApp } from './mesos-limits.ts'

const APP: MarathonApp = {
  ...{ kind: 'marathon-app', app: '/shop', memoryBytes: 64 * MIB, instances: 1, command: [] },
  ...{ env: [], image: null, containerizer: 'mesos', executorBytes: 32 * MIB, burst: null },
  ...{ cpus: null, backoff: null, lastTaskFailure: null },
}

it.each<[string, Partial<MarathonApp>, number | null, string | null]>([
  ['with its executor', {}, 96, "the app's 64 MiB plus the executor's 32 MiB"],
  ['of a Docker task', { executorBytes: 0 }, 64, "the app's 64 MiB alone"],
  [
    'that may burst',
    { burst: { bytes: 256 * MIB } },
    288,
    "its resourceLimits.mem of 256 MiB plus the executor's 32 MiB",
  ],
  ['without an end', { burst: 'unlimited' }, null, null],
  ['whose executor is not known', { executorBytes: null }, null, null],
  ['whose own memory is not known', { memoryBytes: null }, null, null],
])('the limit of an app %s', (_, change, mebibytes, says) => {
  const app = { ...APP, ...change }
  expect(limitOfApp(app)).toBe(mebibytes === null ? null : mebibytes * MIB)
  if (says === null) expect(limitInWords(app)).toBeNull()
  else expect(limitInWords(app)).toContain(says)
})
