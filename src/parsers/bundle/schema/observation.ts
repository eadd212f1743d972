import * as z from 'zod/mini'
import { EVIDENCE_SOURCES, type Observation } from '../../../model/evidence.ts'
import { clusterFacts } from './cluster.ts'
import { containerFacts } from './container.ts'
import { hostFacts } from './host.ts'
import { kernelFacts } from './kernel.ts'

const fact = z.discriminatedUnion('kind', [
  ...kernelFacts,
  ...containerFacts,
  ...hostFacts,
  ...clusterFacts,
])

const shape = z.object({
  source: z.enum(EVIDENCE_SOURCES),
  at: z.nullable(z.number()),
  says: z.string(),
  excerpt: z.string(),
  from: z.string(),
  fact,
})

/**
 * One observation of a stored world, or null where it is none.
 * A field that the model gains must be added to the shapes beside this file; the compiler says so.
 */
export function readObservation(json: unknown): Observation | null {
  const result = z.safeParse(shape, json)
  return result.success ? result.data : null
}
