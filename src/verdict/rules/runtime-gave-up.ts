import type { Observation } from '../../model/evidence.ts'
import type { RuntimeOom } from '../../model/facts.ts'
import { endedBySigkill, memoryRuledOutBy, subjectInWords } from '../reading.ts'
import { NO_BINDING, NOT_SHOWN, ruledOut, type Answer, type Rule } from '../rule.ts'
import type { Incident } from '../incident.ts'

/** The runtime ended itself: its own limit, or the kernel's refusal (ENOMEM), and no kernel kill. */
export const runtimeGaveUp: Rule = {
  id: 'runtime-gave-up',
  code: 'runtime-out-of-memory',
  question: 'Did the runtime give up by itself, out of memory?',
  ask,
}

const RUNTIME_NAMES: Record<RuntimeOom['runtime'], string> = {
  java: 'Java',
  node: 'Node.js',
  python: 'Python',
  go: 'Go',
  dotnet: '.NET',
  php: 'PHP',
  ruby: 'Ruby',
  redis: 'Redis',
  postgresql: 'PostgreSQL',
  native: 'The program',
}

function ask(incident: Incident): Answer {
  if (incident.reports.length > 0) return ruledOut(incident.reports)
  const { ending } = incident
  // 137 is the kernel's or somebody's SIGKILL, whatever the program wrote before.
  if (endedBySigkill(incident) || ending?.exitCode === 0) return NOT_SHOWN
  if (ending !== null && ending.askedBy !== null && ending.exitCode === 143) return NOT_SHOWN
  const speaks = decisive(incident)
  if (speaks === null) return NOT_SHOWN
  const { runtime, area, message, fatal } = speaks.fact
  const code = ending?.exitCode ?? null
  if (!fatal && code === null) return NOT_SHOWN
  const ended = code === null ? '' : `, exit code ${code}`
  return {
    answer: 'holds',
    confidence: fatal && code !== null ? 'certain' : 'likely',
    summary: `${RUNTIME_NAMES[runtime]} in ${subjectInWords(incident)} gave up by itself${ended}: ${message.trim()}. It ran out of ${areaInWords(area)}; the kernel killed nothing.`,
    mainProcessDied: ending === null ? null : true,
    binding: { ...NO_BINDING, scope: 'runtime' },
    because: [speaks, ...(ending?.because ?? []), ...memoryRuledOutBy(incident)],
    against: [],
  }
}

/** The last fatal message; without one, the last of all. */
function decisive(incident: Incident): Observation<RuntimeOom> | null {
  const fatal = incident.runtimeOoms.filter(({ fact }) => fact.fatal)
  return fatal.at(-1) ?? incident.runtimeOoms.at(-1) ?? null
}

const NO_POOL: ReadonlySet<string> = new Set([
  'native',
  'allocation',
  'system-call',
  'write',
  'fork',
])

/** Not every runtime names a pool: an allocation, a fork or a write was refused. */
function areaInWords(area: string): string {
  return NO_POOL.has(area) ? 'memory' : area.replaceAll('-', ' ')
}
