import type { Observation } from '../../model/evidence.ts'
import type { Instant } from '../../model/time.ts'
import type { TextFormat } from '../format.ts'
import type { TaskWords } from './task-update.ts'

import { parseInstant } from '../json-fields.ts'
import { detached, linesOf } from '../lines.ts'
import { ENDED, observeTask } from './task-update.ts'

const MAX_UPDATES = 5_000
const MAX_LINE = 10_000

/** glog: `I0327 00:46:36.123456 12345 memory.cpp:515] …`. It writes neither year nor time zone. */
const GLOG = /(?:^|[\s:])[IWEF]\d{4} \d\d:\d\d:\d\d\.\d{6}\s+(\d+) (\w+\.cpp):\d+\] (.*)$/
const SOURCES =
  'memory|containerizer|slave|task_status_update_manager|status_update_manager|docker|cgroups2?|master|hierarchical|linux_launcher'
const KNOWN = new RegExp(
  `(?:^|[\\s:])[IWEF]\\d{4} \\d\\d:\\d\\d:\\d\\d\\.\\d{6}\\s+\\d+ (?:${SOURCES})\\.cpp:\\d+\\] `,
  'm',
)

/** Log of a Mesos agent (or master): what its isolators say about memory, and how tasks ended. */
export const mesosAgentLog: TextFormat = {
  id: 'mesos-agent-log',

  recognise(head) {
    return KNOWN.test(head)
  },

  parse(text, origin) {
    const observations: Observation[] = []
    let host: string | null = null
    // The isolator names the container in one line and the sizes in the next, from the same thread.
    let detected: { thread: string; containerId: string; row: string } | null = null
    for (const { number, text: line } of linesOf(text)) {
      if (line.length > MAX_LINE) continue
      const row = detached(line)
      host ??= /^Running on machine: (\S+)/.exec(row)?.[1] ?? null
      const match = GLOG.exec(row)
      if (match === null) continue
      const [, thread = '', , message = ''] = match
      const containerId = /^OOM detected for container ?(\S+)/.exec(message)?.[1]
      if (containerId !== undefined) detected = { thread, containerId, row }
      const owner: { containerId: string; row: string } | null =
        message.startsWith('Memory limit exceeded') && detected?.thread === thread ? detected : null
      const words = readMessage(message, owner?.containerId ?? null, host)
      if (words === null) continue
      observations.push(
        observeTask(origin, 'mesos', {
          words,
          at: prefixTime(row),
          excerpt: owner === null ? row : `${owner.row}\n${row}`,
          line: number,
        }),
      )
      if (observations.length >= MAX_UPDATES) break
    }
    return observations
  },
}

function readMessage(message: string, owner: string | null, host: string | null): TaskWords | null {
  const base = { taskId: null, state: null, containerId: null, host, message }
  if (message.startsWith('Memory limit exceeded')) return { ...base, containerId: owner }
  // v1 notifies listeners also when a group is removed, so this alone is no proof.
  const late = /^OOM detected for the terminated container (\S+)/.exec(message)
  if (late !== null) return { ...base, containerId: late[1] ?? null }
  const limit =
    /^Container (\S+) has reached its limit for resource (.+) and will be terminated/.exec(message)
  if (limit !== null && /\bmem\b/.test(limit[2] ?? ''))
    return { ...base, containerId: limit[1] ?? null, message: `Memory limit exceeded; ${message}` }
  const update =
    /^(?:Handling|Received|Forwarding) status update (TASK_[A-Z_]+) .*?\bfor task (\S+)/.exec(
      message,
    )
  if (update === null || !ENDED.test(update[1] ?? '')) return null
  return { ...base, state: update[1] ?? null, taskId: update[2] ?? null }
}

/** A journal in ISO form puts a full time before the line. */
function prefixTime(row: string): Instant | null {
  return parseInstant(/^(\d{4}-\d\d-\d\dT\S+)\s/.exec(row)?.[1] ?? null)
}
