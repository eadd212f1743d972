import type { CaseLife } from '../model/case.ts'
import type { Ending, Incident } from '../verdict/incident.ts'

/** One life as a list of lives shows it, from the incidents in it; none where nothing tells of its end. */
export function lifeInShort(incidents: readonly Incident[]): CaseLife[] {
  const last = incidents.at(-1)
  if (last === undefined) return []
  const { startedAt, ending } = last
  const kill = incidents.find(
    ({ mainProcessDied, reports }) => mainProcessDied === true && reports.length > 0,
  )
  const endedAt = ending?.at ?? kill?.at ?? null
  if (endedAt !== null) {
    return [{ startedAt, endedAt, how: kill === undefined ? howOf(ending) : KILLED }]
  }
  return last.alive === true && startedAt !== null ? [{ startedAt, endedAt, how: 'lives' }] : []
}

const KILLED = 'killed by the kernel'

function howOf(ending: Ending | null): string {
  if (ending === null) return 'ended'
  const { askedBy, exitCode, signal } = ending
  const code =
    exitCode !== null ? `exit code ${exitCode}` : signal !== null ? `signal ${signal}` : ''
  if (askedBy === null) return code === '' ? 'ended' : code
  return code === '' ? 'stopped' : `stopped, ${code}`
}
