import type { Observation, World } from '../model/evidence.ts'

/** What one source found, collected piece by piece. */
export interface Reading {
  observations: Observation[]
  unknown: string[]
}

export function emptyReading(): Reading {
  return { observations: [], unknown: [] }
}

/** Puts the worlds together in the order given; a sentence that two sources say stands once. */
export function joinReadings(readings: Iterable<World>): Reading {
  const joined = emptyReading()
  const said = new Set<string>()
  for (const reading of readings) {
    for (const observation of reading.observations) joined.observations.push(observation)
    for (const sentence of reading.unknown) said.add(sentence)
  }
  joined.unknown = [...said]
  return joined
}
