import { existsSync, globSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { evidenceOfReport } from '../../src/simulate/oom/from-report.ts'
import { simulateOom } from '../../src/simulate/oom/simulate.ts'
import { readFiles } from '../../src/sources/files/index.ts'
import { factsOf } from '../support/world.ts'

/** Logs of kernels 2.6 to 7.x that are too many to be copied here: they lie beside the checkout, or nowhere. */
const LOGS = join(import.meta.dirname, '../../../shared/kernel-logs')
const isHere = existsSync(LOGS)
if (!isHere) console.log(`skipped: ${LOGS} is not there`)

const LARGEST_BYTES = 20 * 1024 * 1024

/** Logs of kernels under repair, and tables that belong to another kill. */
const KNOWN_OTHERWISE = [
  // A kernel with the defect that 9066e5cfb73c mended: every process had one point.
  'mail/19-5.8.0-rc4-next-20200710.txt',
  // More kills than the kernel prints tables of.
  'lab/5.10.0-46-cloud-amd64/v1-storm-ratelimited.dmesg.txt',
]

describe.skipIf(!isHere)('kills of many kernels', () => {
  test('are foretold by the tables that were printed before them', async () => {
    const wrong = new Set<string>()
    let [kills, undecided] = [0, 0]
    for (const path of globSync('**/*', { cwd: LOGS })) {
      const file = join(LOGS, path)
      const stats = statSync(file)
      if (!stats.isFile() || stats.size > LARGEST_BYTES) continue
      for (const report of factsOf(await readFiles([file]), 'kernel-oom')) {
        const evidence = evidenceOfReport(report, null)
        if (evidence === null || report.kills.length === 0) continue
        kills++
        const simulation = simulateOom(evidence.setting)
        const first = simulation?.victims[0]?.pid
        if (simulation === null) undecided++
        else if (!chosen(report.kills).includes(first ?? -1)) wrong.add(path)
      }
    }
    expect([...wrong].toSorted()).toEqual(KNOWN_OTHERWISE.toSorted())
    expect(kills).toBeGreaterThan(100)
    expect(undecided).toBeLessThan(3)
  })
})

/** The child dies for the one that was chosen on kernels before 5.1. */
function chosen(
  kills: readonly { pid: number; sacrificedFor: { pid: number } | null }[],
): number[] {
  return kills.map(({ pid, sacrificedFor }) => sacrificedFor?.pid ?? pid)
}
