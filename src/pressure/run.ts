/** Carries an experiment out: before anything is taken it is written down, and whatever happens it is taken back. */
import { hostname, release } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { errorMessage } from '../model/error-message.ts'
import { readHostNow } from '../sources/host/live.ts'
import type { Reader } from '../sources/reader.ts'
import { privateFolder } from '../store/durable.ts'
import { askAll, whatFails } from './ask.ts'
import { openBook } from './book.ts'
import type { Book } from './book.ts'
import type { PressureDesk } from './desk.ts'
import { experimentDocument, pressureActivity } from './document.ts'
import { whyStop } from './guards.ts'
import { watchOf } from './group-watch.ts'
import type { GroupWatch, Ours } from './group-watch.ts'
import { ended, iso, timed } from './journal.ts'
import type { Journal, Outcome, PressureRecord, Stop } from './journal.ts'
import { startKeeper } from './keeper.ts'
import { refuseWithoutMeans } from './means.ts'
import { press } from './press.ts'
import type { Pressing } from './press.ts'
import type { PressurePlan } from './plan.ts'
import { putBack } from './put-back.ts'
import { newPressureId, pressureStore } from './records.ts'
import { recoverExperiments } from './take-back.ts'

const LOOK_MS = 250
/** Slow probes are asked so often at most, and the journal keeps no more states than this. */
const LEAST_ROUND_MS = 1_000
const MOST_ROUNDS = 300
/** Beyond its time, for the way there and back. */
const SLACK_MS = 120_000

/**
 * @returns its record: nothing of it is left, unless the record says so
 * @throws StellaError where it could not even begin, such as where another one runs
 */
export async function runExperiment(
  plan: PressurePlan,
  desk: PressureDesk,
): Promise<PressureRecord> {
  const { reader, dataFolder } = desk
  const { rampMs, holdMs } = plan.experiment.phases
  const store = pressureStore(dataFolder)
  const id = newPressureId(reader.now())
  const ttlMs = rampMs + holdMs + SLACK_MS
  refuseWithoutMeans(plan, store.home(), reader)
  const lockFolder = privateFolder(desk.lockFolder)
  const keeper = await startKeeper({ id, dataFolder, lockFolder, ttlMs }, reader.env)
  try {
    await recoverExperiments(store, reader)
    const book = openBook(store, {
      id,
      left: true,
      journal: emptyJournal(id, plan, reader),
      undo: { allocator: null, leaf: null },
    })
    return await carryOut(plan, { ...desk, keeperGone: keeper.ended, ttlMs }, book)
  } finally {
    await keeper.over()
  }
}

type Running = PressureDesk & { keeperGone: Promise<void>; ttlMs: number }

async function carryOut(plan: PressurePlan, desk: Running, book: Book): Promise<PressureRecord> {
  const { reader } = desk
  const { probes } = plan.experiment
  const ours: Ours = { leaf: null, pid: null, kills: () => 0 }
  const watch = watchOf(plan.subject, reader, () => ours)
  const before = await askAll(probes, watch, reader)
  book.note({ steady_states: { ...book.record.journal.steady_states, before } })
  const broken = whatFails(before)
  if (broken !== null) {
    const why = `before anything was done, ${broken}`
    return close(book, reader, { status: 'failed', deviated: false, why })
  }

  const stop = await underPressure(plan, desk, book, { ours, watch })
  desk.onSays('taking it back')
  const rollbacks = await putBack(book.record, book.store, reader)
  book.note({ rollbacks: [...rollbacks] })
  if (stop?.status === 'interrupted') return close(book, reader, stop)
  const after = await askAll(probes, watch, reader)
  book.note({ steady_states: { ...book.record.journal.steady_states, after } })
  const late = whatFails(after)
  if (stop !== null || late === null) {
    return close(book, reader, stop ?? { status: 'completed', deviated: false, why: null })
  }
  return close(book, reader, { status: 'completed', deviated: true, why: `afterwards ${late}` })
}

function close(book: Book, reader: Reader, outcome: Outcome): PressureRecord {
  const { journal } = book.record
  const isLeft = journal.rollbacks.some(({ status }) => status !== 'succeeded')
  return book.close(ended(journal, reader.now(), outcome), isLeft)
}

/** From the first page to the last moment of the hold. Null: its time was over, and nothing was wrong. */
async function underPressure(
  plan: PressurePlan,
  desk: Running,
  book: Book,
  { ours, watch }: { ours: Ours; watch: GroupWatch },
): Promise<Stop | null> {
  const { reader, host = () => readHostNow(reader) } = desk
  const { pressure, phases, guards } = plan.experiment
  const start = reader.now()
  const stopping = new AbortController()
  const seen = { peakUsageBytes: 0, peakPsiFull: 0 }
  let stop: Stop | null = null
  let pressing: Pressing | null = null
  let looks = 0

  function end(reason: Stop): void {
    if (stop !== null) return
    stop = reason
    // First of all the memory is given back: everything else takes longer.
    pressing?.kill()
    stopping.abort()
  }
  const leave = (): void =>
    end({ status: 'interrupted', deviated: false, why: 'somebody asked for its end' })

  function look(): void {
    const now = host()
    const guard = whyStop(now, guards)
    if (guard !== null) end({ status: 'aborted', deviated: false, why: guard })
    seen.peakUsageBytes = Math.max(seen.peakUsageBytes, watch.usageBytes() ?? 0)
    seen.peakPsiFull = Math.max(seen.peakPsiFull, watch.psiFull() ?? now.fullAvg10 ?? 0)
    const kills = watch.kills()
    // Where ours lives among them, its own end is counted a moment before it can be seen.
    looks = kills === 0 ? 0 : looks + 1
    if (looks > (ours.pid === null ? 0 : 1)) {
      const what = kills === null ? 'its group is gone' : KILLED
      end({ status: 'failed', deviated: true, why: what })
    }
    if (!watch.isAlive()) end({ status: 'failed', deviated: true, why: 'it lives no more' })
  }

  desk.signal.addEventListener('abort', leave, { once: true })
  if (desk.signal.aborted) leave()
  void desk.keeperGone.then(() =>
    end({ status: 'interrupted', deviated: false, why: 'its keeper is gone' }),
  )
  const timer = setInterval(look, LOOK_MS)
  try {
    pressing = await press(plan, { book, ours, watch, desk, onEnd: end, signal: stopping.signal })
    await Promise.race([
      pressing.done,
      askAgain(plan, { book, watch, reader, end, signal: stopping.signal }),
    ])
  } catch (error) {
    const why = errorMessage(error)
    end({ status: 'aborted', deviated: false, why })
  } finally {
    stopping.abort()
    // A limit that is just being set is set before it is put back.
    await pressing?.done.catch(() => undefined)
    clearInterval(timer)
    desk.signal.removeEventListener('abort', leave)
  }
  const reached = pressing?.reached() ?? {}
  const output = { ...reached, ...seen, limitHits: watch.limitHits() }
  const outcome = outcomeOf(stop)
  const activity = pressureActivity(pressure)
  const status =
    outcome === null
      ? 'succeeded'
      : outcome.status === 'failed' && !outcome.deviated
        ? 'failed'
        : 'aborted'
  book.note({ run: [timed(activity, { start, end: reader.now() }, { output, status })] })
  desk.onSays(outcome === null ? `held for ${phases.holdMs / 1_000} s` : outcome.why)
  return outcome
}

/** What a function inside has set is not seen by the compiler. */
function outcomeOf(stop: Stop | null): Stop | null {
  return stop
}

const KILLED = 'the kernel killed in it for want of memory'

/** The probes of the hypothesis, again and again; never resolves while all is well. */
async function askAgain(
  plan: PressurePlan,
  {
    book,
    watch,
    reader,
    end,
    signal,
  }: {
    book: Book
    watch: GroupWatch
    reader: Reader
    end(stop: Stop): void
    signal: AbortSignal
  },
): Promise<void> {
  const { probes, phases } = plan.experiment
  const roundMs = Math.max(LEAST_ROUND_MS, (phases.rampMs + phases.holdMs) / MOST_ROUNDS)
  while (!signal.aborted) {
    const state = await askAll(probes, watch, reader)
    if (signal.aborted) return
    const { steady_states: states } = book.record.journal
    book.note({ steady_states: { ...states, during: [...states.during, state] } })
    const broken = whatFails(state)
    // A kill may be met by a probe before it is met by a look: it is told as what it is, whoever was first.
    if (broken !== null) {
      const why = (watch.kills() ?? 0) > 0 ? KILLED : broken
      end({ status: 'failed', deviated: true, why })
    }
    await pause(roundMs, undefined, { signal }).catch(() => undefined)
  }
}

function emptyJournal(id: string, { subject, experiment }: PressurePlan, reader: Reader): Journal {
  return {
    platform: `Linux ${release()}`,
    node: hostname(),
    experiment: experimentDocument(subject.named, experiment),
    start: iso(reader.now()),
    end: null,
    duration: null,
    status: null,
    deviated: false,
    steady_states: { before: null, during: [], after: null },
    run: [],
    rollbacks: [],
    stella: { id, target: subject.named, why: null },
  }
}
