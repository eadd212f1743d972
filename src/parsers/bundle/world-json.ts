import * as z from 'zod/mini'
import { excerptOf, type Observation, type World } from '../../model/evidence.ts'
import { readObservation } from './schema/observation.ts'

export const WORLD_SCHEMA = 'stella.world/1'

/** More than any host log gives; a larger list is cut, and the cut is told. */
const MAX_OBSERVATIONS = 200_000
const MAX_UNKNOWN = 1_000

/** Everything the sources found out, as JSON; {@link readWorld} gives it back. */
export function writeWorld(world: World): string {
  const document = { schema: WORLD_SCHEMA, ...world }
  return `${JSON.stringify(document, mapsAsPairs, 1)}\n`
}

function mapsAsPairs(_key: string, value: unknown): unknown {
  return value instanceof Map ? [...value] : value
}

const shape = z.object({
  schema: z.literal(WORLD_SCHEMA),
  observations: z.array(z.unknown()),
  unknown: z.array(z.unknown()),
})

/** Reads what {@link writeWorld} wrote. Null for anything else; observations that are none are left out, and counted under `unknown`. */
export function readWorld(text: string): World | null {
  const result = z.safeParse(shape, parsed(text))
  if (!result.success) return null
  const { observations: stored, unknown: notes } = result.data
  const observations: Observation[] = []
  for (const entry of stored.slice(0, MAX_OBSERVATIONS)) {
    const observation = readObservation(entry)
    if (observation !== null) {
      observations.push({ ...observation, excerpt: excerptOf(observation.excerpt) })
    }
  }
  const unknown = notes.filter((note) => typeof note === 'string').slice(0, MAX_UNKNOWN)
  const lost = stored.length - observations.length
  const loss = `${lost} of ${stored.length} stored observations could not be read`
  return { observations, unknown: lost === 0 ? unknown : [...unknown, loss] }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
