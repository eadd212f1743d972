import { scalarAt } from '../../documents/value.ts'
import type { Rule } from '../../rule.ts'
import { inUnit } from './unit-example.ts'
import { unitSize } from './unit-size.ts'

/** Exempt from every kill (proc(5), oom_score_adj). */
const NEVER = -1000

const service = (score: string): string => `
ExecStart=/usr/bin/shop
MemoryMax=1G
OOMScoreAdjust=${score}`

export const cannotBeKilled: Rule = {
  id: 'S04',
  severity: 'critical',
  title: 'A limit, and nothing below it that may be killed',
  why: 'At its limit the kernel has to kill something in the unit, and -1000 forbids it for every process there. They hang in the kernel at their next page, or get errors, and the journal fills with "no killable processes". To be protected from others, a service needs no limit, or a score above -1000.',
  reference: 'kernel, mm/oom_kill.c, oom_badness and out_of_memory; proc(5), oom_score_adj',
  examples: { bad: inUnit(service('»-1000')), good: inUnit(service('-500')) },
  *check({ workloads, host }) {
    for (const workload of workloads) {
      const limit = unitSize(workload, 'MemoryMax', host)
      const score = scalarAt(workload.root, 'Service', 'OOMScoreAdjust')
      if (limit === null || workload.kind !== 'service' || Number(score?.text) !== NEVER) continue
      if (score === null) continue
      yield {
        place: score.place,
        message: `${workload.name} cannot be killed at its limit ${limit.text}`,
      }
    }
  },
}
