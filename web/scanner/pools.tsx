import type { Pool, RestartReason, WorkerView } from '../../src/model/scan-job.ts'
import { printable } from '../../src/report/printable.ts'
import type { ScannerStatusContent } from '../../src/server/scanner-contract.ts'
import { Command } from '../parts/command.tsx'
import type { Fullness } from '../words/fullness.ts'
import { restartsInWords, WORKER_WORDS } from '../words/scanner.ts'
import { counted } from '../words/time.ts'
import { WorkerMemory, workerFullness } from './worker-memory.tsx'

interface PoolsProps {
  pools: readonly Pool[]
  workers: readonly WorkerView[]
  queues: ScannerStatusContent['queues']
  restarts: readonly { pool: string; reason: RestartReason; count: number }[]
}

/** Enough of an id to know a job again. */
const SHORT_ID = 8
const DANGER_WORDS: Record<Fullness, string | null> = {
  'at-limit': 'at its limit',
  near: 'near its limit',
  none: null,
}

/** Each pool with its workers, and what each uses of its limit. */
export function Pools({ pools, workers, queues, restarts }: PoolsProps) {
  const others = [...queues, ...workers].map(({ pool }) => pool)
  const names = new Set([...pools.map(({ name }) => name), ...others])
  return (
    <div class="pools">
      {[...names].toSorted().map((name) => (
        <PoolPart
          key={name}
          name={name}
          pool={pools.find((each) => each.name === name) ?? null}
          workers={workers.filter(({ pool }) => pool === name)}
          depth={queues.find(({ pool }) => pool === name)?.depth ?? 0}
          restarts={restarts.filter(({ pool }) => pool === name)}
        />
      ))}
    </div>
  )
}

interface PoolPartProps {
  name: string
  /** Null: it was taken away, and some workers or jobs of it are left. */
  pool: Pool | null
  workers: readonly WorkerView[]
  /** Jobs that wait. */
  depth: number
  restarts: PoolsProps['restarts']
}

function PoolPart({ name, pool, workers, depth, restarts }: PoolPartProps) {
  const waiting =
    depth === 0 ? 'no job waits' : `${counted(depth, 'job')} ${depth === 1 ? 'waits' : 'wait'}`
  return (
    <div class="pool">
      <h3>{printable(name)}</h3>
      <p class="faint pool-line">
        {waiting}; {restartsInWords(restarts)}
        {pool === null || pool.memory === null ? '' : `; ${printable(pool.memory)} for each worker`}
      </p>
      {workers.length === 0 ? (
        <NoWorkers name={name} wanted={pool?.count ?? 0} />
      ) : (
        <table class="live workers">
          <caption class="hidden">Workers of {printable(name)}</caption>
          <thead>
            <tr>
              <th scope="col">Worker</th>
              <th scope="col">Memory, of its limit</th>
              <th scope="col">Limit kept by</th>
              <th scope="col">Job</th>
              <th scope="col" class="number">
                Restarts
              </th>
            </tr>
          </thead>
          <tbody>
            {workers.map((worker) => (
              <WorkerRow key={`${worker.host} ${worker.name}`} worker={worker} />
            ))}
          </tbody>
        </table>
      )}
    </div>
  )
}

function WorkerRow({ worker }: { worker: WorkerView }) {
  const { enforcedBy, job } = worker
  const danger = workerFullness(worker)
  const word = DANGER_WORDS[danger]
  return (
    <tr class={`group group-${danger}`}>
      <td class="group-name">
        <span class="worker-name">{printable(worker.name)}</span>
        {word === null ? null : <span class={`badge badge-${danger}`}>{word}</span>}
        <span class="note">
          {WORKER_WORDS[worker.state]}, on {printable(worker.host)}
        </span>
      </td>
      <td data-label="Memory">
        <WorkerMemory worker={worker} />
      </td>
      <td data-label="Limit kept by">
        {enforcedBy === null ? (
          <span title="What it has resident is watched">nobody, it is watched</span>
        ) : (
          printable(enforcedBy)
        )}
      </td>
      <td data-label="Job">
        {job === null ? (
          <span class="faint">none</span>
        ) : (
          <a href={`/scanner/jobs/${encodeURIComponent(job)}`}>
            <code>{printable(job.slice(0, SHORT_ID))}</code>
          </a>
        )}
      </td>
      <td class="number" data-label="Restarts">
        {worker.restarts.toLocaleString('en')}
      </td>
    </tr>
  )
}

function NoWorkers({ name, wanted }: { name: string; wanted: number }) {
  if (wanted > 0) {
    return (
      <p>
        {counted(wanted, 'worker')} {wanted === 1 ? 'is' : 'are'} wanted, and none runs. A server
        has just begun, or none with this pool runs: <code>stella scanner logs</code>
      </p>
    )
  }
  return (
    <>
      <p>It has no workers.</p>
      {/^[\w.-]+$/.test(name) ? (
        <Command run={`stella scanner workers add --pool ${name}`} what="How to have a worker" />
      ) : null}
    </>
  )
}
