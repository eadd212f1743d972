import type { Observation } from '../../model/evidence.ts'
import type { Instant } from '../../model/time.ts'
import type { TextFormat } from '../format.ts'

import { parseInstant } from '../json-fields.ts'
import { ENDED, observeTask } from './task-update.ts'

const MAX_UPDATES = 5_000
const MAX_LINE = 10_000
/** Lines of the MEMORY STATISTICS block that go into the excerpt. */
const BLOCK_LINES = 50

/** Marathon's acknowledgement, or "Received status update …" of older versions. The message may be cut anywhere. */
const UPDATE = /\bstatus update for task (\S{1,600}?):? (TASK_[A-Z_]+)(?: \((.*))?/
/** `[2018-03-27 00:46:36,960]`, in UTC as DC/OS runs its services. A syslog prefix has no year, so this is the time that counts. */
const STAMP = /\[(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)[,.](\d{3})\]/

/** Marathon's own log, bare or out of a journal. */
export const marathonLog: TextFormat = {
  id: 'marathon-log',

  recognise(head) {
    return (
      /^.{0,200}\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[,.]\d{3}\] (?:INFO|WARN|ERROR|DEBUG)\s.*\bstatus update for task \S+ ?TASK_/m.test(
        head,
      ) || /\bmarathon(?:\.sh)?\[\d+\]: +\[\d{4}-\d\d-\d\d \d\d:/.test(head)
    )
  },

  parse(text, origin) {
    const observations: Observation[] = []
    const rows = text.split('\n')
    for (const [index, row] of rows.entries()) {
      const match = row.length > MAX_LINE ? null : UPDATE.exec(row)
      const state = match?.[2] ?? ''
      if (match === null || !ENDED.test(state)) continue
      observations.push(
        observeTask(origin, 'marathon', {
          words: {
            taskId: match[1] ?? null,
            state,
            message: (match[3] ?? '').replace(/\)\s*$/, ''),
            containerId: null,
            // The name in a syslog prefix is Marathon's machine, not the task's.
            host: null,
          },
          at: stamp(row),
          excerpt: withBlock(rows, index),
          line: index + 1,
        }),
      )
      if (observations.length >= MAX_UPDATES) break
    }
    return observations
  },
}

function stamp(row: string): Instant | null {
  const match = STAMP.exec(row)
  return match === null ? null : parseInstant(`${match[1]}T${match[2]}.${match[3]}Z`)
}

/** The message goes on over the lines that have no time of their own. */
function withBlock(rows: readonly string[], start: number): string {
  let end = start + 1
  while (end < rows.length && end < start + BLOCK_LINES && isContinuation(rows[end] ?? '')) end++
  return rows.slice(start, end).join('\n').trimEnd()
}

function isContinuation(row: string): boolean {
  return row.length < 200 && !STAMP.test(row) && !/^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d /.test(row)
}
