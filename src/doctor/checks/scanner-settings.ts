import { formatBytes } from '../../model/bytes.ts'
import { poolBytes } from '../../scanning/pool-bytes.ts'
import { maxAttempts, scanTimeout, streamingThreshold } from '../../scanning/settings/index.ts'
import type { Problem, ScannerCheck } from '../check.ts'
import { judged, problemIf } from '../judge.ts'
import { scannerMend } from '../scanner/mend.ts'
import type { ScannerView } from '../scanner/view.ts'
import { settingBytes } from '../words.ts'

/** Part of a worker's limit: layers below the threshold are taken into memory, and there is more to hold than them. */
const WHOLE = 0.5
/** As it is where nobody sets anything: 1 GiB of 4 GiB. */
const USUAL = 0.25

export const scannerSettings: ScannerCheck = {
  of: 'scanner',
  id: 'check.scanner.settings',
  title: 'Settings fit together',
  severity: 'medium',
  runbook: 'runbooks/scanner-oom.md',
  warns:
    'Images that are taken into memory may fill half of the smallest limit of a worker (sbom.streaming_threshold); or a job that ran out of memory is not tried with less (jobs.max_attempts is 1)',
  fails: 'Never',
  judge(view) {
    const limits = view.pools
      .filter(({ count }) => count > 0)
      .map((pool) => ({ pool: pool.name, bytes: poolBytes(pool, view.set) }))
    const smallest = limits.toSorted((one, other) => one.bytes - other.bytes)[0] ?? null
    const thresholdBytes = streamingThreshold.in(view.set)
    const attempts = maxAttempts.in(view.set)
    const evidence = {
      streamingThresholdBytes: thresholdBytes,
      maxAttempts: attempts,
      timeoutMs: scanTimeout.in(view.set),
      limits,
    }
    return judged('what is set fits together', evidence, [
      smallest === null ? null : tooLargeForMemory(view, thresholdBytes, smallest),
      problemIf(
        attempts === 1 && 'warn',
        'a job is tried once: one that runs out of memory is not tried with less, nor where there is more',
        'stella scanner config reset jobs.max_attempts',
        scannerMend(
          view,
          [{ kind: 'set', key: maxAttempts.key, value: null }],
          ['After running out of memory, a job is never tried the same way again, but with less'],
        ),
      ),
    ])
  },
}

function tooLargeForMemory(
  view: ScannerView,
  thresholdBytes: number,
  { pool, bytes }: { pool: string; bytes: number },
): Problem | null {
  if (thresholdBytes <= WHOLE * bytes) return null
  const fitting = settingBytes(USUAL * bytes)
  return {
    status: 'warn',
    says: `images of up to ${formatBytes(thresholdBytes)} are taken into memory, and a worker of ${pool} has ${formatBytes(bytes)}`,
    todo: `stella scanner config set ${streamingThreshold.key} ${fitting}`,
    mend: scannerMend(
      view,
      [{ kind: 'set', key: streamingThreshold.key, value: fitting }],
      ['Larger images are read as streams then, in bounded memory; the SBOM is the same'],
    ),
  }
}
