import type { Observation } from '../../model/evidence.ts'
import type { Instant } from '../../model/time.ts'
import type { Origin, TextFormat } from '../format.ts'
import type { TaskWords } from './task-update.ts'

import { parseInstant } from '../json-fields.ts'
import { detached, linesOf } from '../lines.ts'
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
    let open: OpenUpdate | null = null
    for (const { number, text: line } of linesOf(text)) {
      if (open !== null && open.rows.length < BLOCK_LINES && isContinuation(line)) {
        open.rows.push(line)
        continue
      }
      if (open !== null) observations.push(close(open, origin))
      open = observations.length < MAX_UPDATES ? openUpdate(line, number) : null
    }
    if (open !== null) observations.push(close(open, origin))
    return observations
  },
}

/** An update whose message may go on over the lines that have no time of their own. */
interface OpenUpdate {
  line: number
  words: TaskWords
  rows: string[]
}

function openUpdate(line: string, number: number): OpenUpdate | null {
  const row = line.length > MAX_LINE ? '' : detached(line)
  const match = UPDATE.exec(row)
  const state = match?.[2] ?? ''
  if (match === null || !ENDED.test(state)) return null
  const words: TaskWords = {
    taskId: match[1] ?? null,
    state,
    message: (match[3] ?? '').replace(/\)\s*$/, ''),
    containerId: null,
    // The name in a syslog prefix is Marathon's machine, not the task's.
    host: null,
  }
  return { line: number, words, rows: [row] }
}

function close(open: OpenUpdate, origin: Origin): Observation {
  return observeTask(origin, 'marathon', {
    words: open.words,
    at: stamp(open.rows[0] ?? ''),
    excerpt: open.rows.join('\n').trimEnd(),
    line: open.line,
  })
}

function stamp(row: string): Instant | null {
  const match = STAMP.exec(row)
  return match === null ? null : parseInstant(`${match[1]}T${match[2]}.${match[3]}Z`)
}

/** The memory.stat of the task's group, as Mesos appends it to its message. */
function isContinuation(row: string): boolean {
  const text = row.replace(/^.{1,150}\bmarathon(?:\.sh)?\[\d{1,10}\]: ?/, '')
  return /^(?:MEMORY STATISTICS.{0,20}|\w{1,40}:? \d{1,20}[KMGT]?B?|\).{0,200}|)$/.test(text)
}
