import type { World } from '../../model/evidence.ts'
import { kernelLog } from '../../parsers/kernel-log/index.ts'
import { asRoot } from '../../sources/host/as-root.ts'
import { readKernelLog } from '../../sources/kernel/index.ts'
import { MIB } from '../../model/bytes.ts'
import type { Judgement, MachineCheck } from '../check.ts'
import { judged, problemIf } from '../judge.ts'

const MOST_BYTES = 16 * MIB

export const hostKernelLog: MachineCheck = {
  of: 'machine',
  id: 'check.host.kernel-log',
  title: 'Kills by the kernel can be read',
  severity: 'critical',
  runbook: 'docs/guides/doctor.md',
  warns: 'Only a journal or a log file tells of kills, and not the kernel itself',
  fails: 'Neither the kernel nor a journal nor a log file can be read',
  async look({ reader }, signal) {
    return judge(
      await readKernelLog(reader, kernelLog, { since: null, signal, maxBytes: MOST_BYTES }),
    )
  },
}

function judge({ observations, unknown }: World): Judgement {
  const covered = observations.filter(({ fact }) => fact.kind === 'kernel-log-coverage')
  const sources = [...new Set(covered.map(({ source }) => source))]
  const evidence = { sources: sources.join(', '), unknown: unknown.join('; ') }
  const reasons = unknown.map((each) => each.replace(/^kernel log: /, ''))
  const why = reasons.length === 0 ? 'the ring buffer may not be read' : reasons.join('; ')
  const todo = `run stella as root (${asRoot('…')}), or with CAP_SYSLOG; in a container: docker run --device /dev/kmsg --cap-add SYSLOG`
  return judged('the kernel log is readable', evidence, [
    problemIf(
      sources.length === 0 && 'fail',
      `stella cannot see whom the kernel kills: ${why}`,
      todo,
    ),
    problemIf(
      sources.length > 0 && !sources.includes('kmsg') && 'warn',
      `only the ${sources.join(' and the ')} tells of kills: ${why}`,
      todo,
    ),
  ])
}
