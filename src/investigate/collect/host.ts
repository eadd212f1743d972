import type { World } from '../../model/evidence.ts'
import { joinReadings } from '../../sources/reading.ts'
import type { Gathering } from './gathering.ts'
import { readMachine } from './surroundings.ts'

/** A machine that went down with its memory tells so in what the journal kept of the boot before. */
const DAY_MS = 24 * 3_600_000

export async function collectHost(gathering: Gathering): Promise<World> {
  const log = gathering.kernelLog(gathering.reader.now() - DAY_MS, null)
  return joinReadings([await log, readMachine(gathering)])
}
