/** `stella watch`: sees kills as they happen, warns before, and writes both down. */
import { join } from 'node:path'
import { describeCgroupPath } from '../../evidence/cgroup-path.ts'
import { collect } from '../../investigate/collect.ts'
import { investigate } from '../../investigate/investigate.ts'
import { SAME_END_MS } from '../../investigate/lives.ts'
import type { Case, CaseBill } from '../../model/case.ts'
import { StellaError } from '../../model/errors.ts'
import type { Observation } from '../../model/evidence.ts'
import type { ContainerEvent, MemorySamples } from '../../model/facts.ts'
import type { Subject } from '../../model/subject.ts'
import type { Warning } from '../../model/warning.ts'
import { folderOf } from '../../sources/cgroup/hierarchy.ts'
import { engines } from '../../sources/docker/index.ts'
import type { Reader } from '../../sources/reader.ts'
import type { CaseJournal, JournalEntry } from '../../store/cases.ts'
import { createCountedKills } from '../../watch/detect/counted-kills.ts'
import { judgeTold } from '../../watch/detect/detective.ts'
import type { Detection } from '../../watch/detect/detective.ts'
import { createEventFiles } from '../../watch/detect/event-files.ts'
import { createRemembered } from '../../watch/detect/remembered.ts'
import type { Told } from '../../watch/detect/told-kills.ts'
import type { Snapshot } from '../../watch/row.ts'
import { createLevels, levelInWords } from '../../watch/warn/levels.ts'
import type { LevelChange, Thresholds } from '../../watch/warn/levels.ts'
import { withWarning } from '../../watch/warn/told-before.ts'
import { placeName, podIdentity } from '../../watch/pods.ts'
import type { PodPlace, Pods } from '../../watch/pods.ts'
import { openWatcher } from '../../watch/watcher.ts'
import { openBook } from './book.ts'
import { listenToEngines } from './engine-ear.ts'
import { createFollowUps } from './follow-ups.ts'
import { openKernelEye } from './kernel-eye.ts'
import { createLately } from './lately.ts'
import { createLateNames } from './late-names.ts'

export interface WatchOptions {
  reader: Reader
  journal: CaseJournal
  /** Between two rounds over all groups. */
  intervalMs: number
  thresholds: Thresholds
  /** Those of this node; null: it is none, or nobody can be asked. */
  pods?: Pods | null
  /** Everything that is written down, as it is. */
  onEntry(entry: JournalEntry): void
  /** After each round. */
  onRound?(snapshot: Snapshot): void
}

export interface Watch {
  /** The last minutes of a group; null: it was never seen, or has no limit of its own. */
  samplesOf(path: string): Observation<MemorySamples> | null
  /** Ends it, and waits for what is under way; what is asked of an engine then is left out. */
  stop(): Promise<void>
}

/**
 * Starts the watch.
 *
 * @throws StellaError (unreachable) where the memory groups of this machine cannot be read
 */
export function startWatch(options: WatchOptions): Watch {
  const { reader, journal, intervalMs, pods = null } = options
  const startedAt = reader.now()
  const stop = new AbortController()
  const watcher = openWatcher(reader, { loadEngines: async (...asked) => engines(...asked) })
  const book = openBook({ journal, now: reader.now, onEntry: options.onEntry })
  const remembered = createRemembered()
  const levels = createLevels(options.thresholds)
  const lately = createLately()

  const earlier = (path: string): readonly Observation[] => {
    const samples = remembered.samplesOf(path)
    const place = pods?.at(path) ?? null
    return [
      ...(samples === null ? [] : [samples]),
      ...(place === null || place.container === null ? [] : [podIdentity(place)]),
    ]
  }
  const followUps = createFollowUps({
    reader,
    signal: stop.signal,
    earlier,
    onBetter: (incident, better) => book.revise(incident, completed(better)),
    onEnd: takeEnd,
    isTold: lately.isTold,
  })

  const lateNames =
    pods === null
      ? null
      : createLateNames({
          pods,
          signal: stop.signal,
          onBetter: (incident, better) => book.revise(incident, completed(better)),
        })

  note('started', null, 'the watch began')
  const counted = createCountedKills()
  const files = createEventFiles(() => round())
  // What is counted from here on is news.
  const first = watcher.sample()
  remembered.observe(first)
  counted.observe(first.rows)
  files.follow(foldersOf(first))
  const eye = openKernelEye({
    reader,
    onTold: (news) => takeKills(news),
    onBlind: (says) => note('blind', 'kernel log', says),
  })
  listenToEngines({
    reader,
    signal: stop.signal,
    onEvent: takeEvent,
    onBlind: (name, why) =>
      why === null
        ? note('sees', name, `${name} answers again`)
        : note('blind', name, `${name} is not heard: ${why}`),
  })
  if (eye.sees) files.close()
  let timer: NodeJS.Timeout | null = null
  let due = performance.now()
  round()

  function note(
    what: 'started' | 'stopped' | 'blind' | 'sees',
    source: string | null,
    says: string,
  ): void {
    book.note({ kind: 'watch', at: reader.now(), what, source, says })
  }

  function takeKills(news: Told): void {
    const fresh = { ...news, reports: news.reports.filter(({ key }) => !book.isKnown(key)) }
    const found = judgeTold(reader, watcher.hierarchy, fresh, {
      of: earlier,
      groupOf: watcher.groupOf,
    })
    book.cases(
      found.map(({ incident, reports, case: one }) => {
        const others = reports.filter((key) => key !== incident)
        const also = others.length === 0 ? undefined : others
        return { incident, also, case: completed(one) }
      }),
    )
    for (const one of found) {
      lately.told(one.incident, one.case, one.containerId, reader.now())
      followKill(one)
    }
  }

  function takeEnd(incident: string, found: Case): void {
    const { platform, id } = found.subject
    const isContainer = platform === 'docker' || platform === 'podman'
    const before = lately.incidentOf(found)
    lately.told(before ?? incident, found, isContainer ? id : null, reader.now())
    // The kernel told of it without its group.
    if (before !== null) book.revise(before, completed(found))
    else book.cases([{ incident, case: completed(found) }])
  }

  function followKill(detection: Detection): void {
    const { incident, containerId, case: found } = detection
    if (containerId === null) return
    if (isUnnamed(detection)) lateNames?.wait(detection)
    const engine = found.subject.platform
    if (engine !== 'docker' && engine !== 'podman') return
    // What the log holds from before this watch is as well known as it will be.
    if (found.at !== null && found.at < startedAt - SAME_END_MS) return
    const path = found.binding.path
    followUps.afterKill({ incident, engine, containerId, path, found, told: detection.told })
  }

  /** In a group of a pod, and of a container that the API server has not told of. */
  function isUnnamed({ path }: Detection): boolean {
    if (path === null || describeCgroupPath(path).podUid === null) return false
    return (pods?.at(path)?.container ?? null) === null
  }

  /** The name that engines know, or at least that of its pod, and what was said before. */
  function completed(found: Case): Case {
    const { subject, binding } = found
    const pod = binding.path === null ? null : (pods?.at(binding.path) ?? null)
    const podName = pod === null || subject.platform !== 'kubernetes' ? null : placeName(pod)
    const name = subject.name ?? (subject.id === null ? null : lately.nameOf(subject.id)) ?? podName
    const path = binding.path ?? (subject.platform === 'cgroup' ? subject.name : null)
    const named = { ...found, subject: { ...subject, name } }
    return withWarning(named, path === null ? null : lately.warningOf(path))
  }

  function round(): void {
    const snapshot = watcher.sample()
    for (const { container } of snapshot.rows) {
      if (container !== null && container.name !== null) lately.named(container.id, container.name)
    }
    remembered.observe(snapshot)
    for (const change of levels.observe(snapshot)) void warn(change)
    if (!eye.sees) countKills(snapshot)
    book.retry()
    options.onRound?.(snapshot)
    const now = performance.now()
    if (timer !== null) clearTimeout(timer)
    due += intervalMs * Math.max(1, Math.ceil((now - due) / intervalMs))
    timer = setTimeout(round, due - now)
  }

  /** Where the kernel log cannot be read, counters tell: at once on v2, which wakes us up, and in the next round on v1. */
  function countKills(snapshot: Snapshot): void {
    for (const { path } of counted.observe(snapshot.rows)) followUps.afterCount(path, snapshot.at)
    files.follow(foldersOf(snapshot))
  }

  /** Of groups that tell when their counters change. */
  function foldersOf({ rows, version }: Snapshot): string[] {
    if (version === 1) return []
    return rows.flatMap(({ path, gone }) => {
      const folder = gone ? null : folderOf(watcher.hierarchy, path)
      return folder === null ? [] : [join(reader.root, folder)]
    })
  }

  async function warn(change: LevelChange): Promise<void> {
    const bill = change.level === 'critical' ? await accountOf(change) : null
    if (stop.signal.aborted) return
    const { at, path, level, usedBytes, limitBytes, secondsToLimit } = change
    const place = path === null ? null : (pods?.at(path) ?? null)
    const says = levelInWords(place === null ? change : renamed(change, placeName(place)))
    const subject = place === null ? subjectOf(change) : subjectIn(place)
    const warning: Warning = {
      subject,
      path,
      level,
      says,
      usedBytes,
      limitBytes,
      secondsToLimit,
      bill,
    }
    if (path !== null && bill !== null) {
      lately.warned(path, { at, warning })
    }
    book.note({ kind: 'warning', at, warning })
  }

  async function accountOf({ path }: LevelChange): Promise<CaseBill | null> {
    if (path === null) return null
    try {
      const target = { kind: 'cgroup' as const, path }
      const asked = { reader, presentOnly: true, rollupMaxRssBytes: 0 }
      const { world } = await collect(target, asked)
      return investigate(world, target, { all: false })[0]?.bill ?? null
    } catch (error) {
      if (error instanceof StellaError) return null
      throw error
    }
  }

  function takeEvent(event: Observation<ContainerEvent>): void {
    const { action, exitCode, id, name } = event.fact
    if (name !== null) lately.named(id, name)
    if (action === 'die' && exitCode !== 0) followUps.afterEnd(event)
  }

  return {
    samplesOf: remembered.samplesOf,
    async stop() {
      stop.abort()
      if (timer !== null) clearTimeout(timer)
      eye.close()
      files.close()
      await followUps.settled()
      note('stopped', null, 'the watch ended')
      watcher.close()
    },
  }
}

function renamed(change: LevelChange, name: string): LevelChange {
  return change.row === null ? change : { ...change, row: { ...change.row, name } }
}

function subjectIn(place: PodPlace): Subject {
  const id = place.containerId ?? place.pod.uid
  return { platform: 'kubernetes', name: placeName(place), id, image: null }
}

function subjectOf({ row, path }: LevelChange): Subject {
  if (row === null) return { platform: 'host', name: null, id: null, image: null }
  const engine = row.container?.engine
  if (row.container !== null && (engine === 'docker' || engine === 'podman')) {
    return { platform: engine, name: row.container.name, id: row.container.id, image: null }
  }
  const { containerId } = describeCgroupPath(row.path)
  return { platform: 'cgroup', name: path, id: containerId ?? path, image: null }
}
