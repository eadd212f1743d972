import type { WorkerView } from '../../model/scan-job.ts'
import { signalIn } from '../../scanning/workers/verdict.ts'
import type { Problem, ScannerCheck } from '../check.ts'
import { judged, problemIf } from '../judge.ts'
import { abandoned, attemptsLately, overdue } from '../scanner/jobs.ts'
import { firstWorkerMend, restartMend } from '../scanner/mend.ts'
import type { ScannerView } from '../scanner/view.ts'
import { counted } from '../../model/counted.ts'
import { shortId } from '../words.ts'

export const scannerWorkerHealth: ScannerCheck = {
  of: 'scanner',
  id: 'check.scanner.worker-health',
  title: 'Workers run, take jobs, and live',
  severity: 'critical',
  runbook: 'runbooks/scanner-worker-stuck.md',
  warns:
    'Fewer workers are heard of than a pool is to have; one crashed too often and waits, or ended within the last hour without being asked to; or no kernel keeps its limit',
  fails:
    'Jobs wait in a pool of which no worker runs, or all wait after crashes; or a job runs longer than it may, or on a worker that is gone',
  judge(view) {
    const { workers } = view
    const ends = endsOf(view)
    const busy = workers.filter(({ state }) => state === 'busy').length
    const says = `${counted(workers.length, 'worker runs', 'workers run')}, ${busy} busy, and none died within the last hour`
    return judged(says, evidenceOf(view, ends), [
      ...view.queues.map((queue) => nobodyTakes(queue, view)),
      ...jobsOnTheLoose(view),
      ...missing(view),
      ...workers.filter(({ state }) => state === 'waiting').map(waits),
      ...endProblems(ends),
      unlimited(workers),
    ])
  },
}

/** Ends of workers within the last hour that nobody asked for, by what ended them. */
interface Ends {
  /** 137, by the kernel or its own runtime at the limit. */
  outOfMemory: number
  /** 137, and no limit was reached: a person, a program, or the kernel for lack of memory of the machine. */
  killed: number
  /** 143: it was asked to end. */
  terminated: number
  /** By itself, or by another signal. */
  crashed: number
  /** Together with whoever ran it. */
  gone: number
}

function endsOf(view: ScannerView): Ends {
  const attempts = attemptsLately(view).map(({ attempt }) => attempt)
  const outOfMemory = attempts.filter(({ outcome }) => outcome === 'oom').length
  const gone = attempts.filter(({ outcome }) => outcome === 'gone').length
  const words = [
    ...attempts.flatMap(({ outcome, says }) => (outcome === 'crash' ? (says ?? '') : [])),
    ...view.idleEnds.map(({ says }) => says),
  ]
  const signals = words.map(signalIn)
  const killed = signals.filter((signal) => signal === 'SIGKILL').length
  const terminated = signals.filter((signal) => signal === 'SIGTERM').length
  const crashed = words.length - killed - terminated
  return { outOfMemory, killed, terminated, crashed, gone }
}

function evidenceOf({ workers, queues, pools, isCut }: ScannerView, ends: Ends) {
  return {
    workers: workers.length,
    busyWorkers: workers.filter(({ state }) => state === 'busy').length,
    idleWorkers: workers.filter(({ state }) => state === 'idle').length,
    lastEnds: workers.flatMap(({ name, host, lastEnd }) =>
      lastEnd === null
        ? []
        : [
            {
              ...{ name, host, at: new Date(lastEnd.at).toISOString() },
              ...{ exitCode: lastEnd.exitCode, by: lastEnd.by, says: lastEnd.says },
            },
          ],
    ),
    pools: pools.map(({ name, count }) => ({
      name,
      wanted: count,
      running: workers.filter(({ pool }) => pool === name).length,
      depth: queues.find(({ pool }) => pool === name)?.depth ?? 0,
    })),
    endedOutOfMemory: ends.outOfMemory,
    endedBySigkill: ends.killed,
    endedBySigterm: ends.terminated,
    endedByCrash: ends.crashed,
    endedWithHost: ends.gone,
    isPartial: isCut,
  }
}

function nobodyTakes(
  { pool, depth }: ScannerView['queues'][number],
  view: ScannerView,
): Problem | null {
  if (depth === 0) return null
  const own = view.workers.filter((worker) => worker.pool === pool)
  const jobs = counted(depth, 'job waits', 'jobs wait')
  if (own.length === 0) {
    const mend = firstWorkerMend(view, pool)
    return problemIf(
      'fail',
      `${jobs} in ${pool}, and no worker of it runs`,
      mend === undefined
        ? 'start stella serve, whose workers they are'
        : `stella scanner workers add --pool ${pool} --count 1`,
      mend,
    )
  }
  return problemIf(
    own.every(({ state }) => state === 'waiting') && 'fail',
    `${jobs} in ${pool}, and all its workers crashed too often`,
    'stella scanner logs --level error --last 1h',
  )
}

function jobsOnTheLoose(view: ScannerView): readonly Problem[] {
  const gone = abandoned(view)
  const late = overdue(view).filter((job) => !gone.includes(job))
  return [
    ...gone.map(({ id, attempts }) => ({
      status: 'fail' as const,
      says: `job ${shortId(id)} runs on ${attempts.at(-1)?.worker ?? 'a worker'} of ${attempts.at(-1)?.host ?? 'a host'}, which is not heard of`,
      todo: 'see that its host runs and reaches the database; the job goes to another worker by itself',
    })),
    ...late.map(({ id, pool }) => ({
      status: 'fail' as const,
      says: `job ${shortId(id)} runs longer than it may`,
      todo: `stella scanner workers restart --pool ${pool}`,
      mend: restartMend(view, pool),
    })),
  ]
}

function missing({ workers, pools }: ScannerView): readonly (Problem | null)[] {
  if (workers.length === 0) {
    return [problemIf('warn', 'no worker runs', 'start stella serve, whose workers they are')]
  }
  return pools.map(({ name, count }) => {
    const running = workers.filter(({ pool }) => pool === name).length
    return problemIf(
      running < count && 'warn',
      `${name} is to have ${counted(count, 'worker', 'workers')}, and ${running} are heard of`,
      'stella scanner workers list, and stella scanner logs --level error --last 1h',
    )
  })
}

function waits({ name }: WorkerView): Problem {
  return {
    status: 'warn',
    says: `${name} crashed too often, and begins again a little later`,
    todo: 'stella scanner logs --level error --last 1h',
  }
}

function endProblems({
  outOfMemory,
  killed,
  terminated,
  crashed,
  gone,
}: Ends): readonly (Problem | null)[] {
  const logs = 'stella scanner logs --level error --last 1h'
  const workers = (count: number): string => counted(count, 'worker', 'workers')
  return [
    problemIf(
      outOfMemory > 0 && 'warn',
      `${workers(outOfMemory)} ended at the memory limit within the last hour (exit code 137)`,
      'stella doctor --check check.scanner.memory-usage',
    ),
    problemIf(
      killed > 0 && 'warn',
      `${workers(killed)} ended with SIGKILL below the memory limit within the last hour (exit code 137, but not their own limit): somebody killed, or the machine ran out of memory`,
      'stella why host --since 1h',
    ),
    problemIf(
      terminated > 0 && 'warn',
      `${workers(terminated)} ended with SIGTERM within the last hour (exit code 143): somebody asked for it`,
      logs,
    ),
    problemIf(crashed > 0 && 'warn', `${workers(crashed)} crashed within the last hour`, logs),
    problemIf(
      gone > 0 && 'warn',
      `${workers(gone)} ended together with the server or host that ran them within the last hour`,
      'see why that one ended: its service manager, or stella why host --since 1h there',
    ),
  ]
}

function unlimited(workers: readonly WorkerView[]): Problem | null {
  const free = workers.filter(({ enforcedBy }) => enforcedBy === null)
  return problemIf(
    free.length > 0 && 'warn',
    `no kernel keeps the limit of ${counted(free.length, 'worker', 'workers')}: what they have resident is watched instead`,
    'run stella serve as root, or in a memory group that is delegated to it',
  )
}
