import type { Observation } from '../../model/evidence.ts'
import type { ExitStatus } from '../../model/facts.ts'
import { signalOf } from '../docker/actions.ts'
import type { Origin, TextFormat } from '../format.ts'
import { baseName } from '../lines.ts'
import { observation } from '../observe.ts'

const CODE =
  /^(?:exit(?:ed)?(?:[ _-]?(?:status|code))?|rc|status|code)(?:\s*[:=]\s*|\s+)(\d{1,3})$/i
const SIGNAL =
  /^(?:killed by |terminated by )?signal(?:\s*[:=]\s*|\s+)(\d{1,2}|(?:SIG)?[A-Z]\w{1,7})$/i
const MAX_CHARS = 100

/** One line in which somebody wrote down how a process ended: `exit 137`, `rc 0`, `exit status 137`, `signal 9`. */
export const exitStatusFormat: TextFormat = {
  id: 'exit-status',
  recognise: (head, path) => head.length <= MAX_CHARS && exitStatus(head, path) !== null,
  parse(text: string, origin: Origin): Observation[] {
    const fact = exitStatus(text, origin.from)
    if (fact === null) return []
    const says =
      fact.signal === null
        ? `the process ended with exit code ${fact.exitCode}`
        : `signal ${fact.signal} ended the process`
    return [observation(origin, { source: 'log', line: 1, says, excerpt: text.trim(), fact })]
  },
}

function exitStatus(text: string, path: string): ExitStatus | null {
  const line = text.slice(0, MAX_CHARS + 1).trim()
  const code = CODE.exec(line)?.[1] ?? bareNumber(line, path)
  // 137 is what a shell makes of signal 9, and what a program may choose by itself: no signal follows from it.
  if (code !== null && Number(code) <= 255)
    return { kind: 'exit-status', exitCode: Number(code), signal: null }
  const signal = signalOf(SIGNAL.exec(line)?.[1] ?? null)
  return signal === null ? null : { kind: 'exit-status', exitCode: null, signal }
}

/** A number alone is an exit code only where the file's name says so. */
function bareNumber(line: string, path: string): string | null {
  const named = /^(?:exit(?:[-_.]?(?:code|status))?|rc)(?:\.\w+)?$/i.test(baseName(path))
  return named && /^\d{1,3}$/.test(line) ? line : null
}
