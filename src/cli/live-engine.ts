import { billFrom } from '../investigate/bill.ts'
import { collectBill } from '../investigate/collect-bill.ts'
import { collect } from '../investigate/collect.ts'
import { investigate } from '../investigate/investigate.ts'
import { readFiles } from '../sources/files/index.ts'
import { readAllProcesses } from '../sources/proc/machine.ts'
import { hostReader } from '../sources/reader.ts'
import type { Engine } from './engine.ts'

/** The rooms below, as they are. */
export const liveEngine: Engine = {
  readFiles,
  collect,
  collectBill,
  bill: billFrom,
  // We are gone by the time that anybody reads about us.
  processes: async () => readAllProcesses(hostReader(), [process.pid]),
  investigate,
}
