import type { World } from '../../model/evidence.ts'
import { joinReadings } from '../../sources/reading.ts'
import type { Gathering } from './gathering.ts'
import { readMachine } from './surroundings.ts'

export async function collectHost(gathering: Gathering): Promise<World> {
  const log = gathering.kernelLog(gathering.since)
  return joinReadings([await log, readMachine(gathering)])
}
