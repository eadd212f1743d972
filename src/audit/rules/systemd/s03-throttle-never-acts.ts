import type { Rule } from '../../rule.ts'
import { unitSize } from './unit-size.ts'
import { sized } from '../words.ts'
import { inUnit } from './unit-example.ts'

const service = (high: string): string => `
ExecStart=/usr/bin/shop
MemoryHigh=${high}
MemoryMax=1G`

export const throttleNeverActs: Rule = {
  id: 'S03',
  severity: 'warning',
  title: 'MemoryHigh= is not below MemoryMax=',
  why: 'From MemoryHigh= on the unit is slowed down and its memory taken back, so that it may recover or somebody may look. Where the hard limit is reached first, it never acts: the unit is killed without any warning.',
  reference: 'kernel, Documentation/admin-guide/cgroup-v2.rst, memory.high; systemd says nothing',
  examples: { bad: inUnit(service('»1G')), good: inUnit(service('900M')) },
  *check({ workloads, host }) {
    for (const workload of workloads) {
      const high = unitSize(workload, 'MemoryHigh', host)
      const max = unitSize(workload, 'MemoryMax', host)
      if (typeof high?.bytes !== 'number' || typeof max?.bytes !== 'number') continue
      if (high.bytes < max.bytes) continue
      yield {
        place: high.place,
        message: `${sized(high)} is never passed below MemoryMax=${max.text}`,
      }
    }
  },
}
