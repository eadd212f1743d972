/** Cuts what is known about one subject into incidents. */
import type { MesosTaskUpdate } from '../model/cluster.ts'
import type { Observation } from '../model/evidence.ts'
import type { ExitStatus } from '../model/facts.ts'
import type { OomReport } from '../model/kernel.ts'
import type { KubeletFigures } from '../model/kubelet.ts'
import { podNameOf } from '../model/subject.ts'
import type { Ending, Incident } from '../verdict/incident.ts'
import { silentLogs } from './coverage.ts'
import { cutOff } from './cut-off.ts'
import { byTime } from './renderings.ts'
import { assignToLives, forgottenLives, groupStorms, killedMainProcess, passesOn } from './kills.ts'
import { lifeInShort } from './life-in-short.ts'
import { livesOf, type Life } from './lives.ts'
import type { SubjectEvidence } from './subject-evidence.ts'

/** All incidents of one subject, oldest first: kernel kills, ends, and its present state. */
export function incidentsOf(evidence: SubjectEvidence): readonly Incident[] {
  const known = livesWithExit(evidence).map((life) => withKubelet(life, evidence))
  const lives = [...forgottenLives(evidence.reports, known), ...known]
  const byLife = assignToLives(evidence.reports.toSorted(byTime), lives)
  const each = lives.map((life, index) =>
    incidentsOfLife(evidence, life, byLife.get(life) ?? [], index === lives.length - 1),
  )
  const told = each.flatMap(lifeInShort)
  return each.flat().map((incident) => ({ ...incident, lives: told }))
}

/** "exit 137" notes belong to the last life where nothing else tells its end. */
function livesWithExit(evidence: SubjectEvidence): readonly Life[] {
  const lives = livesOf(evidence.record)
  const last = lives.at(-1)
  if (last !== undefined && last.ending === null && evidence.mesos.length > 0) {
    return [...lives.slice(0, -1), lifeOfTask(last, evidence.mesos)]
  }
  const runsOn = isRunning(evidence)
  if (last === undefined || last.ending !== null || runsOn) return lives
  return [...lives.slice(0, -1), { ...last, ending: endingOf(evidence.exits) }]
}

function isRunning({ record, groups }: SubjectEvidence): boolean {
  return (
    record.states.some(({ fact }) => fact.running === true) ||
    record.podContainer?.state?.phase === 'running' ||
    groups.own?.fact.populated === true
  )
}

/** The same words come again with each restart; the last ones count, and what they add to each other. */
const MAX_NOTES = 3

function endingOf(exits: readonly Observation<ExitStatus>[]): Ending | null {
  const notes = exits.slice(-MAX_NOTES)
  if (notes.length === 0) return null
  return {
    at: notes.findLast(({ at }) => at !== null)?.at ?? null,
    exitCode: notes.findLast(({ fact }) => fact.exitCode !== null)?.fact.exitCode ?? null,
    signal: notes.findLast(({ fact }) => fact.signal !== null)?.fact.signal ?? null,
    askedBy: null,
    because: notes,
  }
}

/** What Mesos and its executor tell of the end of a task. Of one that was over its limit the isolator tells, not the exit code. */
function lifeOfTask(life: Life, updates: SubjectEvidence['mesos']): Life {
  const startedAt = updates.find(({ fact }) => fact.startedAt !== null)?.fact.startedAt ?? null
  const told = { ...life, startedAt: life.startedAt ?? startedAt }
  if (updates.some(({ fact }) => fact.memoryLimitExceeded)) return told
  const ended = updates.filter(({ fact }) => isEndOfTask(fact.state))
  // The one with the executor's words first: Mesos itself does not keep them.
  const [end] = ended.toSorted((a, b) => Number(isWordless(a.fact)) - Number(isWordless(b.fact)))
  if (end === undefined) return told
  const { state, exitCode, signal } = end.fact
  const ending = {
    at: end.at,
    exitCode: state === 'TASK_FINISHED' ? 0 : exitCode,
    signal,
    askedBy: state === 'TASK_KILLED' ? end : null,
    because: [end],
  }
  return { ...told, ending }
}

function isEndOfTask(state: string | null): boolean {
  return state !== null && state !== 'TASK_RUNNING'
}

function isWordless({ exitCode, signal }: MesosTaskUpdate): boolean {
  return exitCode === null && signal === null
}

/** How long a pod may take to end after the kubelet said so; graces are longer only where somebody set them. */
const GRACE_MS = 60_000

/** The kubelet's "Killing" says that it asked for the end: a deleted pod, a failed probe, a new version. */
function withKubelet(life: Life, evidence: SubjectEvidence): Life {
  const { ending } = life
  const { podContainer, podUid, subject } = evidence.record
  const container = podContainer?.name ?? (podUid === null ? null : podNameOf(subject).container)
  if (ending === null && isGone(evidence)) return endedByEvents(life, evidence)
  if (ending === null || ending.askedBy !== null) return life
  const ids = [...evidence.record.containerIds]
  const askedBy = evidence.kubernetesEvents.find(({ fact, at }) => {
    if (fact.reason !== 'Killing') return false
    const names =
      fact.container !== undefined ||
      ids.some((id) => fact.message.includes(id)) ||
      (container !== null &&
        new RegExp(`\\b[Cc]ontainer ${escaped(container)}\\b`).test(fact.message))
    if (!names) return false
    const end = ending.at
    if (end === null) return true
    const fits = (ahead: number | null): boolean =>
      ahead === null || (ahead >= -cutOff(end) && ahead <= GRACE_MS)
    const first = fact.firstAt !== undefined && fits(end - fact.firstAt)
    return first || fits(at === null ? aheadByClock(fact.yearless, end) : end - at)
  })
  return askedBy === undefined ? life : { ...life, ending: { ...ending, askedBy } }
}

/** Events alone are left of it. */
function isGone({ record, kubernetesEvents }: SubjectEvidence): boolean {
  return (
    record.subject.platform === 'kubernetes' && record.pod === null && kubernetesEvents.length > 0
  )
}

/** Nobody knows any more how the containers of a pod ended that is gone; that somebody ended them is known. */
function endedByEvents(life: Life, { kubernetesEvents, reports }: SubjectEvidence): Life {
  if (reports.length > 0) return life
  const asked = ['Preempted', 'Killing'].map((reason) =>
    kubernetesEvents.findLast(({ fact }) => fact.reason === reason),
  )
  const askedBy = asked.find((event) => event !== undefined)
  if (askedBy === undefined) return life
  const ending = { at: askedBy.at, exitCode: null, signal: null, askedBy, because: [askedBy] }
  return { ...life, ending }
}

const QUARTER_MS = 15 * 60_000

/**
 * How long before an end a line was written whose year and zone are unknown: zones are whole quarters of an hour, so the
 * clock's place within one is enough.
 */
function aheadByClock(yearless: number | undefined, end: number): number | null {
  if (yearless === undefined) return null
  const within = (((end - yearless) % QUARTER_MS) + QUARTER_MS) % QUARTER_MS
  return within > QUARTER_MS / 2 ? within - QUARTER_MS : within
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

function incidentsOfLife(
  evidence: SubjectEvidence,
  life: Life,
  reports: readonly Observation<OomReport>[],
  isLast: boolean,
): readonly Incident[] {
  const storms = groupStorms(reports)
  const deaths = storms.map((storm) => killedMainProcess(storm, life, evidence.groups))
  const last = deaths.lastIndexOf(true)
  const kills = storms.map((storm, index) => {
    const died = deaths[index] ?? null
    return base(evidence, life, isLast, {
      at: storm[0]?.at ?? null,
      reports: storm,
      // It dies once: whoever fell before it was a child.
      mainProcessDied: died === null && index < last ? false : died,
      ending: life.ending,
    })
  })
  const deadly = kills.some(({ mainProcessDied }) => mainProcessDied === true)
  const isState =
    isLast && life.ending === null && (kills.length === 0 || evidence.panics.alone.length > 0)
  const endsByItself = life.ending !== null && !deadly && !passesOn(kills, life)
  if (!endsByItself && !isState) return kills
  const end = base(evidence, life, isLast, {
    at: life.ending?.at ?? failedAt(evidence),
    reports: [],
    mainProcessDied: life.ending === null ? null : true,
    ending: life.ending,
  })
  return [...kills, { ...end, earlierKills: reports }]
}

/** Mesos tells the end of a task and nothing of its lives; so do killers in userspace. */
function failedAt({ mesos, userspaceKills }: SubjectEvidence): number | null {
  const told = mesos.find(({ fact }) => fact.memoryLimitExceeded) ?? userspaceKills[0]
  return told?.at ?? null
}

type Own = Pick<Incident, 'at' | 'reports' | 'mainProcessDied' | 'ending'>

function base(evidence: SubjectEvidence, life: Life, isLast: boolean, own: Own): Incident {
  const { record, around } = evidence
  const latest = record.states.toSorted(
    (a, b) => (b.fact.finishedAt ?? 0) - (a.fact.finishedAt ?? 0),
  )[0]
  const at = own.at
  const blackBox = blackBoxOf(evidence, life, at)
  return {
    subject: record.subject,
    path: record.path,
    earlierKills: [],
    startedAt: life.startedAt,
    alive: aliveness(evidence, life, isLast),
    container: latest ?? null,
    pod: record.pod,
    podContainer: record.podContainer,
    events: life.events,
    kubernetesEvents: evidence.kubernetesEvents,
    node: around.node,
    kubelet: around.kubelet,
    workload: evidence.workload,
    figures: figuresIn(evidence, life),
    mesos: evidence.mesos,
    marathon: evidence.marathon,
    tasksOfApp: evidence.tasksOfApp,
    launch: evidence.launch,
    groups: evidence.groups,
    processes: evidence.processes,
    runtimeOoms: evidence.runtimeOoms.filter((one) => isNear(one, life)),
    hints: evidence.hints,
    userspaceKills: evidence.userspaceKills,
    panics:
      own.reports.length === 0
        ? evidence.panics.alone
        : own.reports.flatMap((report) => evidence.panics.byReport.get(report) ?? []),
    faults: evidence.faults,
    suppressed: around.suppressed,
    // What was sampled from outside reaches further back than the looks of a guard.
    samples: evidence.samples ?? looksBeside(evidence, blackBox),
    runtimeMemory: evidence.runtimeMemory,
    blackBox,
    hostMemory: around.hostMemory,
    hostStates: around.hostStates,
    coverage: at === null ? [] : silentLogs(evidence, life, at),
    killsInAll: evidence.reports.length,
    lives: [],
    ...own,
  }
}

function aliveness(evidence: SubjectEvidence, life: Life, isLast: boolean): boolean | null {
  if (life.ending !== null || !isLast) return false
  const { states, podContainer } = evidence.record
  const running = states.at(-1)?.fact.running ?? null
  if (running !== null) return running
  if (podContainer?.state?.phase === 'running') return true
  if (evidence.mesos.length > 0) {
    return evidence.mesos.every(({ fact }) => fact.state === 'TASK_RUNNING') ? true : null
  }
  const group = evidence.groups.own?.fact
  if (group?.pids !== null && group?.pids !== undefined) return group.pids.length > 0
  if (group?.populated !== null && group?.populated !== undefined) return group.populated
  return evidence.processes.some(({ fact }) => fact.state !== null && fact.state !== 'Z')
    ? true
    : null
}

/** The last record before it, of this very life. */
function blackBoxOf(
  { blackBoxes }: SubjectEvidence,
  life: Life,
  at: number | null,
): Incident['blackBox'] {
  const before = blackBoxes.filter(
    (one) => isNear(one, life) && (at === null || (one.at ?? 0) <= at + 1_000),
  )
  return before.toSorted((a, b) => (b.at ?? 0) - (a.at ?? 0))[0] ?? null
}

/** Of this very life: the page that tells most, as it was read last. */
function figuresIn({ figures }: SubjectEvidence, life: Life): Incident['figures'] {
  return figures.filter((one) => isNear(one, life)).toSorted(byWorth)[0] ?? null
}

function byWorth(a: Observation<KubeletFigures>, b: Observation<KubeletFigures>): number {
  return WORTH.indexOf(a.fact.source) - WORTH.indexOf(b.fact.source) || (b.at ?? 0) - (a.at ?? 0)
}

/** By how much each page tells. */
const WORTH: readonly KubeletFigures['source'][] = [
  'metrics/cadvisor',
  'stats/summary',
  'metrics-server',
]

/** The course that stands in the same file. */
function looksBeside(
  { looks }: SubjectEvidence,
  blackBox: Incident['blackBox'],
): Incident['samples'] {
  return looks.find(({ from }) => from === blackBox?.from) ?? null
}

/** A line dated outside this life belongs to another one. */
function isNear(one: Observation, life: Life): boolean {
  if (one.at === null) return true
  if (life.startedAt !== null && one.at < life.startedAt - 1_000) return false
  const end = life.ending?.at ?? null
  return end === null || one.at <= end + 1_000
}
