import type { ScannerAct } from '../../model/fix.ts'
import type { Mend } from '../check.ts'
import type { ScannerView } from './view.ts'

/** What the scanner is to do about a problem. */
export function scannerMend(
  { name }: ScannerView,
  acts: readonly ScannerAct[],
  because: readonly string[],
): Mend {
  return { target: { kind: 'scanner', where: name }, change: { kind: 'scanner', acts }, because }
}

/** Workers of a pool begin anew. */
export function restartMend(view: ScannerView, pool: string): Mend {
  const why = `A worker of ${pool} that begins anew gives its job to another one`
  return scannerMend(view, [{ kind: 'restart', pool }], [why])
}

/** A pool without workers gets one; undefined: it is to have some already, and whoever runs them is away. */
export function firstWorkerMend(view: ScannerView, pool: string): Mend | undefined {
  const held = view.pools.find(({ name }) => name === pool)
  if ((held?.count ?? 0) > 0) return undefined
  const act = { kind: 'pool', pool, count: 1, memory: null } as const
  return scannerMend(view, [act], [`Jobs of ${pool} wait until it has a worker`])
}
