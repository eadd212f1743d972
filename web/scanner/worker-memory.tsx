import type { WorkerView } from '../../src/model/scan-job.ts'
import { WorkersAnswer } from '../../src/server/scanner-contract.ts'
import { MemoryBar } from '../parts/memory-bar.tsx'
import { useAsk } from '../server/use-ask.ts'
import { useBeat } from '../server/use-beat.ts'
import { fullnessOf } from '../words/fullness.ts'
import type { Fullness } from '../words/fullness.ts'
import { LIVE_MS } from './rhythm.ts'

/** Of its limit; null: its usage is not known. */
function percentOf({ usageBytes, limitBytes }: WorkerView): number | null {
  return usageBytes === null || limitBytes <= 0 ? null : (usageBytes / limitBytes) * 100
}

export function workerFullness(worker: WorkerView): Fullness {
  return fullnessOf(percentOf(worker) ?? 0)
}

export function WorkerMemory({ worker }: { worker: WorkerView }) {
  const { usageBytes, limitBytes } = worker
  return (
    <MemoryBar
      usageBytes={usageBytes}
      limitBytes={limitBytes}
      percent={percentOf(worker)}
      danger={workerFullness(worker)}
    />
  )
}

/** The memory of the worker that does a job, as it is now. */
export function MemoryNow({ job }: { job: string }) {
  const { answer } = useAsk('/api/scanner/workers', WorkersAnswer.content, useBeat(LIVE_MS))
  const workers = answer?.kind === 'ready' ? answer.value.workers : []
  const worker = workers.find((each) => each.job === job)
  return worker === undefined ? null : <WorkerMemory worker={worker} />
}
