import { cpus, loadavg, release, totalmem } from 'node:os'
import { GIB } from '../../src/model/bytes.ts'

/** On what, and how busy it was: timings of a busy machine say little. */
export function machineLine(): string {
  const [first] = cpus()
  const load = loadavg()[0] ?? 0
  return (
    `${cpus().length} × ${first?.model.trim() ?? 'unknown processor'}, ${(totalmem() / GIB).toFixed(0)} GiB, ` +
    `Linux ${release()}, Node ${process.version}; load ${load.toFixed(1)}${load > 1 ? ' (busy: times say little)' : ''}`
  )
}
