import fc from 'fast-check'
import { expect, it } from 'vitest'
import { fixture, readMesos } from '../../../fixtures/mesos/read.ts'
import { mesosContainers } from './containers.ts'

const MIB = 2 ** 20

it('tells what a container holds, as its memory group does', () => {
  expect(readMesos(fixture('cluster/containers.json'))).toMatchObject([
    { source: 'mesos', fact: { kind: 'mesos-task', app: '/web', state: 'TASK_RUNNING' } },
    {
      at: Date.UTC(2018, 2, 27, 0, 47, 6, 948),
      fact: {
        kind: 'cgroup-state',
        version: 1,
        path: null,
        usageBytes: 243 * MIB,
        limitBytes: 288 * MIB,
        stat: new Map([
          ['total_rss', 180 * MIB],
          ['total_cache', 56 * MIB],
          ['total_mapped_file', 12 * MIB],
          ['total_swap', 0],
          ['total_unevictable', 0],
        ]),
      },
    },
  ])
})

it('the isolator of cgroup v2 tells neither pressure nor swap, and the kernel’s part always', () => {
  const statistics = {
    mem_total_bytes: 10 * MIB,
    mem_rss_bytes: 4 * MIB,
    mem_cache_bytes: 5 * MIB,
    mem_kmem_usage_bytes: MIB,
    timestamp: 1.5,
  }
  const text = JSON.stringify([{ container_id: 'c', executor_id: 'e', statistics }])
  expect(readMesos(text)[1]?.fact).toMatchObject({
    version: 2,
    kmemUsageBytes: null,
    stat: new Map([
      ['anon', 4 * MIB],
      ['file', 5 * MIB],
      ['kernel', MIB],
    ]),
  })
})

it('of Docker’s containers an agent knows the resident memory alone: there is no charge then', () => {
  const statistics = { mem_rss_bytes: MIB, mem_limit_bytes: 8 * MIB }
  const text = JSON.stringify([{ container_id: 'c', executor_id: 'e', statistics }])
  expect(readMesos(text)[1]?.fact).toMatchObject({ usageBytes: null, limitBytes: 8 * MIB })
})

it('a size below nothing is not known', () => {
  const statistics = { mem_total_bytes: -1, mem_rss_bytes: -1, mem_limit_bytes: 8 * MIB }
  const text = JSON.stringify([{ container_id: 'c', executor_id: 'e', statistics }])
  expect(readMesos(text)[1]?.fact).toMatchObject({ usageBytes: null, stat: new Map() })
})

it('never throws', () => {
  const origin = { from: 'file', readAt: null, source: null }
  fc.assert(
    fc.property(fc.json(), (json) => {
      const text = `[{"container_id":"c","executor_id":"e","statistics":${json}},${json}]`
      expect(mesosContainers.recognise(text, 'file')).toBe(true)
      expect(mesosContainers.parse(text, origin).length % 2).toBe(0)
    }),
  )
})

it('a time that no calendar has is not known', () => {
  const statistics = { mem_rss_bytes: MIB, timestamp: 1e300 }
  const text = JSON.stringify([{ container_id: 'c', executor_id: 'e', statistics }])
  expect(readMesos(text)[1]?.at).toBeNull()
})
