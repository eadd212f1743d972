import { redactBill } from '../../../evidence/redact.ts'
import { StellaError } from '../../../model/errors.ts'
import type { Row } from '../../../watch/row.ts'
import type { Engine } from '../../engine.ts'
import { billReport } from '../../render/bill.ts'
import { PLAIN } from '../../render/paint.ts'

/** What is shown of a row that was opened: its bill. */
export type Drill = (row: Row, width: number) => Promise<readonly string[]>

/** What a bill is asked of. */
export type Billing = Pick<Engine, 'collectBill' | 'bill'>

/** The bill of a group as lines. Its runtimes are looked at from outside: nobody who scrolls through a list names them. */
export function billLines(loadEngine: () => Promise<Billing>): Drill {
  return async ({ path }, width) => {
    const engine = await loadEngine()
    try {
      const target = { kind: 'cgroup', path } as const
      const found = await engine.collectBill(target, { ask: false })
      const bill = engine.bill(found.world, found.target, found.asked)
      const options = { width, paint: PLAIN, quiet: false }
      return billReport(redactBill(bill), null, options).trimEnd().split('\n')
    } catch (error) {
      if (!(error instanceof StellaError)) throw error
      return [error.message, error.todo]
    }
  }
}
