/** Makes a fault, proves it, and opens the lab. */
import { randomInt } from 'node:crypto'
import { chmodSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { formatBytes, MIB } from '../model/bytes.ts'
import { EXIT, refusedError, StellaError, unreachableError } from '../model/errors.ts'
import type { Sample } from '../model/series.ts'
import { readHostNow } from '../sources/host/live.ts'
import { privateFolder } from '../store/durable.ts'
import { scriptFile } from './backends/backend.ts'
import type { Backend, Site } from './backends/backend.ts'
import { untilNextLook } from './bench.ts'
import type { Bench, Watching } from './bench.ts'
import type { BackendId } from './backend-id.ts'
import type { Lab } from './lab.ts'
import { refuseWhatCannotBe, refuseWithout } from './needs.ts'
import { isProven, proofWords } from './proof.ts'
import { runShell } from './shell.ts'
import { lookAt, siteOf, wordsOf } from './site.ts'
import { courseOn, growthIn, isLeak } from './trend.ts'
import type { Baseline, LabState } from './state.ts'
import { forgetLab, sweep } from './stop.ts'
import { filled } from './text.ts'
import type { Courses, Moment } from './view.ts'

/** What the machine keeps for itself. */
const SPARE_BYTES = 256 * MIB
const PROOF_MS = 60_000

export interface StartOrder {
  /** Null: the first of its backends that can be used. */
  backend: BackendId | null
  /** When what it makes ends by itself; null: as long as the lab says. Milliseconds. */
  ttlMs: number | null
}

/** A lab that is being made. */
export interface BegunLab {
  /** @throws StellaError where its fault does not show, or it was interrupted; nothing is left then */
  opened: Promise<LabState>
}

/** @throws StellaError as {@link beginLab}, and where its fault does not show; nothing is left then */
export async function startLab(
  bench: Bench,
  id: string,
  order: StartOrder,
  watching: Watching,
): Promise<LabState> {
  return (await beginLab(bench, id, order, watching)).opened
}

/**
 * Resolves as soon as it is written down that it is made.
 *
 * @throws StellaError where it is open already, or cannot be made here
 */
export async function beginLab(
  bench: Bench,
  id: string,
  { backend: wanted, ttlMs }: StartOrder,
  watching: Watching,
): Promise<BegunLab> {
  const lab = bench.shelf.open(id)
  for (const each of await sweep(bench)) watching.onStep(each)
  refuseSecond(bench, id)
  refuseWhatCannotBe(bench.reader, lab)
  const backend = await chooseBackend(bench, lab, wanted)
  refuseWhereTight(bench, lab)
  await refuseWithout(bench.reader, lab)
  const startedAt = bench.reader.now()
  const state: LabState = {
    schema: 'stella.lab-state/1',
    id,
    backend: backend.id,
    phase: 'starting',
    startedAt,
    endsAt: startedAt + (ttlMs ?? lab.ttlMinutes * 60_000),
    fault: null,
    baseline: {},
    answers: {},
    hints: [],
    attempts: 0,
    solvedAt: null,
  }
  // Before anything is made: whoever comes after a crash knows what to look for.
  bench.store.write(state)
  return { opened: openOrForget(bench, lab, backend, state, watching) }
}

async function openOrForget(
  bench: Bench,
  lab: Lab,
  backend: Backend,
  state: LabState,
  watching: Watching,
): Promise<LabState> {
  try {
    const opened = await open(bench, lab, backend, state, watching)
    bench.store.write(opened)
    bench.store.note(lab.id, (record) => ({ ...record, starts: record.starts + 1 }))
    return opened
  } catch (error) {
    watching.onStep('what was made is removed')
    await forgetLab(bench, lab.id, backend.id)
    throw error
  }
}

function refuseSecond({ store }: Bench, id: string): void {
  const before = store.read(id)
  if (before === null || before === 'broken') return
  const since = new Date(before.startedAt).toISOString()
  throw refusedError(
    'conflict',
    `it is open already, in ${before.backend}, since ${since}`,
    id,
    `go on with 'stella lab status ${id}', or end it with 'stella lab stop ${id}'`,
  )
}

async function chooseBackend(
  { backends }: Bench,
  lab: Lab,
  wanted: BackendId | null,
): Promise<Backend> {
  if (wanted !== null && !lab.backends.includes(wanted)) {
    throw new StellaError({
      exitCode: EXIT.usage,
      what: `the lab ${lab.id} cannot be made with ${wanted}`,
      where: '--backend',
      todo: `use one of ${lab.backends.join(', ')}`,
    })
  }
  const reasons: string[] = []
  for (const id of wanted === null ? lab.backends : [wanted]) {
    const reason = await backends[id].whyNot()
    if (reason === null) return backends[id]
    reasons.push(`${id}: ${reason}`)
  }
  const todo = 'start Docker or Podman, or run it as root; nothing was made'
  throw unreachableError(`there is nowhere to make it: ${reasons.join('; ')}`, lab.id, todo)
}

function refuseWhereTight({ reader }: Bench, { id, budgetBytes }: Lab): void {
  const available = readHostNow(reader).availableBytes
  if (available === null || available >= budgetBytes + SPARE_BYTES) return
  const needs = formatBytes(budgetBytes + SPARE_BYTES)
  const what = `it needs ${needs} that are free, and this machine has ${formatBytes(available)}`
  throw unreachableError(what, id, 'end something that uses memory, and start it again')
}

async function open(
  bench: Bench,
  lab: Lab,
  backend: Backend,
  state: LabState,
  watching: Watching,
): Promise<LabState> {
  const { onStep, signal } = watching
  const site = siteOf(lab, bench.store.folderOf(lab.id), state)
  for (const name of lab.files) {
    const path = join(site.folder, name)
    privateFolder(dirname(path))
    writeFileSync(path, bench.shelf.file(lab, name))
  }
  if (lab.workloads.length > 0) onStep(`${lab.id} is made with ${backend.id}`)
  await backend.prepare(site)
  const killsBefore = readHostNow(bench.reader).oomKills
  for (const workload of lab.workloads) {
    signal.throwIfAborted()
    const script = scriptFile(site, workload)
    writeFileSync(script, await backend.script(site, workload))
    chmodSync(script, 0o700)
    await runShell(bench, `sh ${script}`, `starting ${workload.name}`)
  }
  const fault = lab.faults.length === 0 ? null : await makeFault(bench, backend, site, watching)
  onStep('waiting for the fault to show')
  const proven = await untilProven(bench, backend, site, watching, killsBefore)
  return { ...state, phase: 'open', fault, baseline: baselineOf(proven) }
}

/** One of them, and nobody is told which. */
async function makeFault(
  bench: Bench,
  backend: Backend,
  site: Site,
  watching: Watching,
): Promise<string> {
  const { workloads, faults } = site.lab
  const works = workloads.map(({ name }) => ({ workload: name, sees: 'works' }) as const)
  const { moment } = await untilProven(
    bench,
    backend,
    { ...site, lab: { ...site.lab, ready: works } },
    watching,
    null,
  )
  const possible = faults.filter(({ run }) => run[backend.id] !== undefined)
  const chosen = possible[randomInt(Math.max(possible.length, 1))]
  const words = wordsOf(backend, site)
  const pids = [...moment.workloads].map(([name, { main }]) => [`${name}.pid`, `${main?.pid}`])
  const commands = filled(chosen?.run[backend.id] ?? '', {
    ...words,
    ...Object.fromEntries(pids),
  })
  await runShell(bench, commands, 'making the fault')
  return chosen?.id ?? ''
}

/** How it was when everything had been seen, and up to then. */
interface Proven {
  moment: Moment
  courses: Courses
}

async function untilProven(
  { reader }: Bench,
  backend: Backend,
  site: Site,
  { signal }: Watching,
  killsBefore: number | null,
): Promise<Proven> {
  const end = reader.now() + PROOF_MS
  let courses: Courses = new Map()
  for (;;) {
    signal.throwIfAborted()
    const moment = await lookAt(backend, site)
    courses = courseOn(courses, moment, reader.now())
    const now = readHostNow(reader).oomKills
    const hostKills = now === null || killsBefore === null ? null : now - killsBefore
    const open = site.lab.ready.find((proof) => !isProven(proof, moment, hostKills, courses))
    if (open === undefined) return { moment, courses }
    if (reader.now() > end) {
      throw unreachableError(
        `the fault does not show itself: ${proofWords(open)}, and was not in ${PROOF_MS / 1_000} s`,
        site.lab.id,
        'try another --backend; nothing is left of it',
      )
    }
    await untilNextLook(signal)
  }
}

function baselineOf({ moment, courses }: Proven): Record<string, Baseline> {
  return Object.fromEntries(
    [...moment.workloads].map(([name, seen]): [string, Baseline] => [
      name,
      {
        pid: seen.main?.pid ?? null,
        startTicks: seen.main?.startTicks ?? null,
        limitBytes: seen.limitBytes,
        usageBytes: seen.usageBytes,
        anonBytes: seen.anonBytes,
        kills: seen.kills,
        exitCode: seen.exitCode,
        swapBytes: seen.swapBytes,
        growth: growthOf(courses.get(name) ?? []),
      },
    ]),
  )
}

/** It was looked at from its first moment on. */
function growthOf(course: readonly Sample[]): Baseline['growth'] {
  const growth = growthIn(course)
  if (growth === null || !isLeak(growth)) return null
  const { slope, secondsToLimit: left } = growth
  if (slope === null || left === null) return null
  const seconds = ((course.at(-1)?.at ?? 0) - (course[0]?.at ?? 0)) / 1_000
  return {
    bytesPerSecond: Math.round(slope.perSecond),
    lifeSeconds: Math.round(seconds + (left.low + (left.high ?? left.low)) / 2),
  }
}
