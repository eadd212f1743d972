import { billOfDead } from '../../src/bill/bill.ts'
import type { Bill } from '../../src/model/bill.ts'
import { incident, oomReport, seen } from './incident.ts'

/** The bill of a container at its kill. */
export function sampleBill(): Bill {
  const bill = billOfDead(incident({ reports: [seen(oomReport())] }), [])
  if (bill === null) throw new Error('a report with figures has a bill')
  return bill
}
