import type { TextFormat } from '../format.ts'
import { hostNotesFormat } from './host-notes.ts'
import { meminfoFormat } from './meminfo.ts'
import { pressureFormat } from './pressure.ts'
import { sysctlFileFormat } from './sysctl-file.ts'
import { vmstatFormat } from './vmstat.ts'
import { zoneinfoFormat } from './zoneinfo.ts'

export { processFolder } from './process-folder.ts'
export { processState } from './process-state.ts'

/** What /proc says about the machine as a whole. */
export const hostFormats: readonly TextFormat[] = [
  meminfoFormat,
  vmstatFormat,
  pressureFormat,
  zoneinfoFormat,
  sysctlFileFormat,
  hostNotesFormat,
]
