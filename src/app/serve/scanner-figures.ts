/** What `/metrics` tells of the scanner, which it does not begin. */
import type { WorkerView } from '../../model/scan-job.ts'
import { SILENT_MS } from '../../scanning/pool-desk.ts'
import { NOTHING_KEPT } from '../../server/scanner-metrics.ts'
import type { KeptOfScanner, ScannerSource, WorkerMemory } from '../../server/scanner-metrics.ts'
import type { Reader } from '../../sources/reader.ts'
import type { ScannerStore } from '../../store/scanner/open.ts'
import type { ScannerCounts } from './scanner-counts.ts'
import type { ScannerService } from './scanner-service.ts'

export interface ScannerFiguresOptions {
  reader: Reader
  /** The name of this host. */
  host: string
  counts: ScannerCounts
  running(): ReturnType<ScannerService['running']>
}

export function scannerFigures(options: ScannerFiguresOptions): ScannerSource {
  const { counts, running } = options
  return {
    counts,
    workers: () =>
      (running()?.host.views() ?? []).map((view) => ({
        pool: view.pool,
        worker: view.name,
        limitBytes: view.limitBytes,
        usageBytes: view.usageBytes,
      })),
    async kept() {
      const store = running()?.store
      return store === undefined ? NOTHING_KEPT : keptIn(store, options)
    },
  }
}

async function keptIn(
  { pools, jobs }: ScannerStore,
  { reader, host }: ScannerFiguresOptions,
): Promise<KeptOfScanner> {
  const [all, states, depths, restarts, workers] = await Promise.all([
    pools.list(),
    jobs.counts(),
    jobs.depths(),
    pools.restarts(),
    pools.workers(reader.now() - SILENT_MS),
  ])
  return {
    pools: all.map(({ name }) => name),
    jobs: states,
    depths,
    restarts,
    elsewhere: workers.filter((view) => view.host !== host).map(elsewhere),
  }
}

/** Pools of two hosts can have the same name. */
function elsewhere({ name, host, pool, limitBytes, usageBytes }: WorkerView): WorkerMemory {
  return { pool, worker: `${name}@${host}`, limitBytes, usageBytes }
}
