import type { ScanFigures } from '../../../model/scan-job.ts'
import { printable } from '../../../report/printable.ts'
import { writeAnswer } from '../../../server/answer.ts'
import { FiguresAnswer } from '../../../server/scanner-contract.ts'
import type { CliContext } from '../../context.ts'
import { withDesk } from '../../scanner-desk.ts'
import type { ScannerFlags, SinceFlags } from './flags.ts'
import { print } from './print.ts'

export interface FiguresFlags extends ScannerFlags, SinceFlags {
  sbomMetrics?: boolean
}

/** `stella scanner stats`. */
export async function showFigures(this: CliContext, flags: FiguresFlags): Promise<void> {
  const since = (flags.since ?? flags.last)?.(this.io.now())
  const figures = await withDesk(this.io, flags, (desk) => desk.figures({ since }))
  const completeness = completenessOf(figures)
  print(this.io, flags, {
    document: {
      ...writeAnswer(FiguresAnswer, figures),
      /** What `stella scanner stats --json` prints: how many scans ended how. */
      schema: 'stella.scanner-figures/1' as const,
      /** The share of scans with an SBOM that lacks nothing; null: none has ended. */
      completeness,
    },
    lines: figureLines(figures, completeness),
    quiet: [completeness === null ? 'unknown' : percent(completeness)],
  })
}

/** The share of scans with an SBOM that lacks nothing; null: none has ended. */
function completenessOf({ done, complete, failed }: ScanFigures): number | null {
  const ended = done + failed.reduce((sum, { count }) => sum + count, 0)
  return ended === 0 ? null : complete / ended
}

function figureLines(figures: ScanFigures, completeness: number | null): string[] {
  if (completeness === null) return ['No scan has ended.']
  const { done, complete, packages, failed, medianMs, p95Ms } = figures
  const reasons = failed.map(({ reason, count }) => `${count} ${printable(reason)}`).join(', ')
  const rows: readonly (readonly [string, string])[] = [
    ['Done', `${done}, and ${done - complete} of them lack something`],
    ['Failed', reasons === '' ? 'none' : reasons],
    ['Complete', `${percent(completeness)} of those that ended; above 95% is expected`],
    ['Duration', `median ${seconds(medianMs)}, 95% within ${seconds(p95Ms)}`],
    ['Packages', String(packages)],
  ]
  return rows.map(([name, value]) => `${name.padEnd(8)}  ${value}`)
}

/** Never 100% where one is missing. */
function percent(share: number): string {
  return `${Math.floor(share * 1_000) / 10}%`
}

function seconds(milliseconds: number | null): string {
  return milliseconds === null ? 'unknown' : `${(milliseconds / 1_000).toFixed(1)} s`
}
