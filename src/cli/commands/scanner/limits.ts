import { limitsPage } from '../../../scanning/limits-page.ts'
import { writeAnswer } from '../../../server/answer.ts'
import { LimitsAnswer } from '../../../server/scanner-contract.ts'
import type { CliContext } from '../../context.ts'
import { withDesk } from '../../scanner-desk.ts'
import type { ScannerFlags } from './flags.ts'

export interface LimitsFlags extends ScannerFlags {
  format: 'markdown' | 'json'
}

/** `stella scanner limits`. */
export async function showLimits(this: CliContext, flags: LimitsFlags): Promise<void> {
  const limits = await withDesk(this.io, flags, (desk) => desk.limits())
  const isDocument = flags.json === true || flags.format === 'json'
  this.io.out(
    isDocument
      ? `${JSON.stringify(writeAnswer(LimitsAnswer, limits), null, 2)}\n`
      : limitsPage(limits),
  )
}
