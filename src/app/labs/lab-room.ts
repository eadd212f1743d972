/** One lab, as a server works on it: one thing at a time, and looked at for as long as somebody listens. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Bench, Watching } from '../../labs/bench.ts'
import { checkLab } from '../../labs/check.ts'
import { refusedError, StellaError } from '../../model/errors.ts'
import type { LabDocument } from '../../server/lab-contract.ts'
import type { LabNews } from '../../server/lab-desk.ts'
import { createCourses } from './courses.ts'
import { createWatched } from './watched.ts'
import { labDocument } from './lab-document.ts'
import { overheard } from './overhear.ts'

export interface LabRoom {
  /** Its looks are told to those who listen. */
  bench: Bench
  document(): Promise<LabDocument>
  /**
   * Does something with it that goes on by itself.
   *
   * @throws StellaError (conflict) where something is being done already
   */
  go(what: What, work: (watching: Watching) => Promise<void>): Promise<void>
  /** Interrupts what is being done, and waits until it is over. */
  interrupt(): Promise<void>
  /** Gives the way out. */
  listen(listener: (news: LabNews) => void): () => void
}

type What = NonNullable<LabDocument['doing']>['what']

interface Doing {
  what: What
  /** How far it is, for people. */
  progress: { step: string | null }
  leaving: AbortController
  over: Promise<void>
}

const ROUND_MS = 500
/** An engine takes long for a look: it shall have three quarters of the time for others. */
const REST = 3
const BY_ITSELF = { answers: new Map<string, string>(), windowMs: null, byItself: true }

/** @param onFault a fault of ours, for the log */
export function createLabRoom(
  plain: Bench,
  id: string,
  onFault: (error: unknown) => void,
): LabRoom {
  const listeners = new Set<(news: LabNews) => void>()
  let doing: Doing | null = null
  let trouble: LabDocument['trouble'] = null
  let following: AbortController | null = null
  const watched = createWatched()

  const courses = createCourses(plain.reader.now, () => {
    const kept = plain.store.read(id)
    return kept === null || kept === 'broken' ? null : kept.phase
  })
  const bench = overheard(plain, (site, { name }, seen) => {
    tell({ kind: 'memory', memory: courses.take(site, name, seen) })
  })

  function tell(news: LabNews): void {
    for (const listener of listeners) listener(news)
  }

  /** As it stands at this moment. */
  function look(): Promise<LabDocument> {
    const now = doing === null ? null : { what: doing.what, ...doing.progress }
    return labDocument(bench, id, { doing: now, trouble })
  }

  function go(what: What, work: (watching: Watching) => Promise<void>): Promise<void> {
    if (doing !== null && doing.what !== 'check') throw busyWith(id, doing.what)
    // It is watched anew afterwards.
    doing?.leaving.abort()
    const leaving = new AbortController()
    const progress: Doing['progress'] = { step: null }
    const onStep = (step: string): void => void (progress.step = step)
    trouble = null
    if (what === 'start') courses.forget()
    const over = work({ signal: leaving.signal, onStep })
      .catch((error: unknown) => {
        // What was watched for may be over: the next round tells how it stands.
        if (!leaving.signal.aborted && what !== 'check') trouble = troubleOf(error, onFault)
        throw error
      })
      .finally(() => {
        if (doing === begun) doing = null
      })
    const begun: Doing = { what, progress, leaving, over }
    doing = begun
    return over
  }

  /** Where everything holds, it is watched whether it goes on. */
  function checkWhereItHolds({ open }: LabDocument): void {
    if (open === null || open.solvedAt !== null || doing !== null) return
    if (!open.checks.every(({ ok }) => ok)) return
    go('check', async (watching) => {
      watched.take(await checkLab(bench, id, BY_ITSELF, watching))
    }).catch(() => undefined)
  }

  async function follow(signal: AbortSignal): Promise<void> {
    let told = ''
    while (!signal.aborted) {
      const began = performance.now()
      const lab = await look().catch(unlessAway)
      if (lab?.state === 'closed') courses.forget()
      const restMs = Math.max(ROUND_MS, REST * (performance.now() - began))
      if (lab !== null) {
        const known = watched.over(lab)
        const text = JSON.stringify(known)
        if (text !== told) tell({ kind: 'lab', lab: known })
        told = text
        checkWhereItHolds(lab)
      }
      await pause(restMs, undefined, { signal }).catch(() => undefined)
    }
  }

  return {
    bench,
    document: async () => watched.over(await look()),
    go,
    async interrupt() {
      doing?.leaving.abort(interrupted(id))
      await doing?.over.catch(() => undefined)
    },
    listen(listener) {
      listeners.add(listener)
      for (const memory of courses.all()) listener({ kind: 'memory', memory })
      // Whoever comes later is told how it stands by a round that begins anew.
      following?.abort()
      following = new AbortController()
      follow(following.signal).catch(onFault)
      return () => {
        listeners.delete(listener)
        if (listeners.size === 0) following?.abort()
      }
    },
  }
}

/** An engine that does not answer may do so again. */
function unlessAway(error: unknown): null {
  if (error instanceof StellaError) return null
  throw error
}

function busyWith(id: string, what: What): StellaError {
  const words = { start: 'being started', check: 'being checked', solve: 'being solved' }
  return refusedError('conflict', `it is ${words[what]}`, id, 'wait until that is over, or end it')
}

function interrupted(id: string): StellaError {
  return refusedError('conflict', 'it was interrupted', id, 'begin again')
}

function troubleOf(error: unknown, onFault: (error: unknown) => void): LabDocument['trouble'] {
  if (error instanceof StellaError) return { error: error.message, todo: error.todo }
  onFault(error)
  return { error: 'a fault of stella', todo: 'see the log of the server' }
}
