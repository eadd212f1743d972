import { formatBytes } from '../../model/bytes.ts'
import { counted } from '../../model/counted.ts'
import type { Observation } from '../../model/evidence.ts'
import type { Instant } from '../../model/time.ts'
import { memoryRuledOutBy, subjectInWords } from '../reading.ts'
import { NO_BINDING, NOT_SHOWN, ruledOut, type Answer, type Rule } from '../rule.ts'
import type { Incident } from '../incident.ts'

const SIGKILL = 9

/** Somebody asked the engine or the kubelet to end it: docker kill, docker stop and its timeout, a failed probe. */
export const askedToEnd: Rule = {
  id: 'asked-to-end',
  code: 'killed-not-memory',
  question: 'Did somebody ask for its end (stop, kill, a probe)?',
  ask,
}

function ask(incident: Incident): Answer {
  const { ending } = incident
  if (incident.reports.length > 0) return ruledOut(incident.reports)
  if (ending === null || ending.askedBy === null) return NOT_SHOWN
  // A program that answers SIGTERM with 0 went in order.
  if (ending.exitCode === 0) return NOT_SHOWN
  const code = ending.exitCode === null ? '' : ` (exit code ${ending.exitCode})`
  return {
    answer: 'holds',
    confidence: 'certain',
    summary: `${subjectInWords(incident)} was ended by a signal that somebody asked for${code}: ${howAsked(incident, ending.askedBy)}.${heldBack(incident)}${sideNote(incident)}`,
    mainProcessDied: true,
    binding: NO_BINDING,
    because: [ending.askedBy, ...ending.because, ...memoryRuledOutBy(incident)],
    against: misleading(incident),
  }
}

/** An engine that loses patience with what it was to stop sends SIGKILL, and an event of that, too. */
function howAsked({ events }: Incident, askedBy: Observation): string {
  const sent = events.filter(({ fact }) => fact.action === 'kill')
  const [first] = sent
  if (first === undefined || first !== askedBy) return askedBy.says
  const { signal } = first.fact
  if (signal === SIGKILL) return `signal 9 at once, as ${first.fact.engine} kill sends it`
  const killed = sent.find(({ fact }) => fact.signal === SIGKILL)
  if (killed === undefined || signal === null) return askedBy.says
  const asked = `signal ${signal}, as ${first.fact.engine} stop sends it`
  return `${asked}, and${afterWhile(first.at, killed.at)}, because it had not ended, signal 9. Let the program end at signal ${signal}, or give it longer`
}

function afterWhile(from: Instant | null, to: Instant | null): string {
  return from === null || to === null
    ? ' later'
    : ` ${counted(Math.round((to - from) / 1_000), 'second')} later`
}

/** Child kills earlier in the same life: told beside, because they did not end it. */
export function sideNote(incident: Incident): string {
  const kills = incident.earlierKills.flatMap(({ fact }) => fact.kills)
  const [first] = kills
  if (first === undefined) return flagNote(incident)
  const many = kills.length === 1 ? '' : ` and ${kills.length - 1} more`
  return ` Earlier in the same life the kernel OOM-killed ${first.name} (PID ${first.pid})${many} in it, which did not end it but left it damaged.`
}

function flagNote({ container, events }: Incident): string {
  const told =
    container?.fact.oomKilled === true || events.some(({ fact }) => fact.action === 'oom')
  return told
    ? ' The engine also tells of an OOM kill in it: that was a child’s, or a full group’s above, and did not end it.'
    : ''
}

/** Throttled at memory.high before: what was held back for long looks dead to a probe, or to a person. */
export function heldBack(incident: Incident): string {
  const own = incident.groups.own?.fact
  const times = own?.events?.high ?? 0
  if (own === undefined || own.highBytes === null || times === 0) return ''
  return ` Before that it was held back ${times} times at its memory.high of ${formatBytes(own.highBytes)}, which may be why somebody ended it.`
}

/** A flag that points the other way: OOMKilled stays true after a child was killed. */
export function misleading(incident: Incident): readonly Observation[] {
  return [
    ...(incident.container?.fact.oomKilled === true ? [incident.container] : []),
    ...incident.earlierKills,
  ]
}
