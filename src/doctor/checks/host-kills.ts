import { MIB } from '../../model/bytes.ts'
import type { World } from '../../model/evidence.ts'
import type { Instant } from '../../model/time.ts'
import { kernelLog } from '../../parsers/kernel-log/index.ts'
import { readHostNow } from '../../sources/host/live.ts'
import { readKernelLog } from '../../sources/kernel/index.ts'
import type { Judgement, MachineCheck } from '../check.ts'
import { judged, problemIf } from '../judge.ts'
import { counted } from '../../model/counted.ts'

const MOST_BYTES = 16 * MIB
const DAY_MS = 86_400_000
/** As evidence, the newest. */
const MOST_TOLD = 10

export const hostKills: MachineCheck = {
  of: 'machine',
  id: 'check.host.kills',
  title: 'Nothing was killed for lack of memory lately',
  severity: 'medium',
  runbook: 'docs/guides/doctor.md',
  warns:
    'Something was killed for lack of memory within a day; or it was since the machine was started, and no log tells what',
  fails: 'Never',
  async look({ reader }, signal) {
    const since = reader.now() - DAY_MS
    const options = { since, signal, maxBytes: MOST_BYTES }
    const world = await readKernelLog(reader, kernelLog, options)
    return judge(world, { since, sinceBoot: readHostNow(reader).oomKills })
  },
}

interface Kill {
  at: Instant | null
  name: string | null
  by: string
  group: string | null
}

function judge(
  { observations }: World,
  { since, sinceBoot }: { since: Instant; sinceBoot: number | null },
): Judgement {
  const isRead = observations.some(({ fact }) => fact.kind === 'kernel-log-coverage')
  const kills = observations
    .filter(({ at }) => at === null || at >= since)
    .flatMap(({ at, fact }): Kill[] => {
      if (fact.kind === 'userspace-kill') {
        return [{ at, name: fact.name, by: fact.killer, group: fact.cgroup }]
      }
      if (fact.kind !== 'kernel-oom') return []
      const group = fact.taskMemcg ?? fact.oomMemcg
      return fact.kills.map(({ name }) => ({ at, name, by: 'kernel', group }))
    })
    .toSorted((one, other) => (other.at ?? 0) - (one.at ?? 0))
  const evidence = {
    killsWithinADay: isRead ? kills.length : null,
    oomKillsSinceBoot: sinceBoot,
    newest: kills.slice(0, MOST_TOLD).map(({ at, name, by, group }) => ({
      ...{ at: at === null ? null : new Date(at).toISOString(), name, by, group },
    })),
  }
  if (!isRead && sinceBoot === null) {
    const todo = 'stella doctor --check check.host.kernel-log'
    return { kind: 'skipped', says: 'neither a log nor a counter of kills can be read', todo }
  }
  return judged('nothing was killed for lack of memory within a day', evidence, [
    problemIf(kills.length > 0 && 'warn', saysOf(kills), 'stella why host --all --since 1d'),
    problemIf(
      !isRead && (sinceBoot ?? 0) > 0 && 'warn',
      `${counted(sinceBoot ?? 0, 'process was', 'processes were')} killed for lack of memory since the machine was started, and no log that can be read tells which`,
      'stella doctor --check check.host.kernel-log',
    ),
  ])
}

function saysOf(kills: readonly Kill[]): string {
  const [last] = kills
  const where = last?.group === null || last === undefined ? '' : ` in ${last.group}`
  const when =
    last === undefined || last.at === null ? '' : ` at ${new Date(last.at).toISOString()}`
  return `${counted(kills.length, 'process was', 'processes were')} killed for lack of memory within a day, the last one ${last?.name ?? 'unnamed'}${where}${when}`
}
