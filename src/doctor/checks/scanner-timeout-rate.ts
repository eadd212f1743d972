import type { ScannerCheck } from '../check.ts'
import { judged, problemIf, statusAt } from '../judge.ts'
import { endedLately } from '../scanner/jobs.ts'
import { scanTimeout } from '../../scanning/settings/index.ts'
import { counted } from '../../model/counted.ts'
import { percent } from '../words.ts'

/** Part of the jobs that ended within the last hour: as with failures, of which these are a kind. */
const RATE = { warn: 0.05, fail: 0.15 }

export const scannerTimeoutRate: ScannerCheck = {
  of: 'scanner',
  id: 'check.scanner.timeout-rate',
  title: 'Scans end in time',
  severity: 'medium',
  runbook: 'runbooks/scanner-timeout.md',
  warns: '5 % of the jobs that ended within the last hour took longer than they may',
  fails: '15 % of them did',
  judge(view) {
    const ended = endedLately(view)
    const late = ended.filter(({ state }) => state === 'timeout')
    const rate = ended.length === 0 ? 0 : late.length / ended.length
    const timeoutMs = scanTimeout.in(view.set)
    const evidence = {
      endedJobs: ended.length,
      timedOutJobs: late.length,
      timeoutRate: ended.length === 0 ? null : rate,
      timeoutMs,
      jobs: late.map(({ id, image, pool, sizeBytes }) => ({ job: id, image, pool, sizeBytes })),
      isPartial: view.isCut,
    }
    const of = `${late.length} of ${counted(ended.length, 'job', 'jobs')}`
    return judged(`${of} took too long within the last hour`, evidence, [
      problemIf(
        statusAt(rate, RATE),
        `${of} took too long within the last hour (${percent(rate)}; timeouts.scan is ${timeoutMs / 60_000} minutes)`,
        'stella scanner jobs list --status timeout --last 1h',
      ),
    ])
  },
}
