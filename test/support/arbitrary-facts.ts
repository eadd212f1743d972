import fc from 'fast-check'
import type { Observation, World } from '../../src/model/evidence.ts'
import type { Fact } from '../../src/model/facts.ts'
import type { FactArbitraries } from './facts/arbitraries.ts'
import { clusterFacts } from './facts/cluster.ts'
import { containerFacts } from './facts/container.ts'
import { hostFacts } from './facts/host.ts'
import { kernelFacts } from './facts/kernel.ts'
import { numberOrNull, text, texts } from './facts/parts.ts'
import { programFacts } from './facts/program.ts'

/** The compiler asks for the missing ones. */
export const FACTS: FactArbitraries = {
  ...kernelFacts,
  ...containerFacts,
  ...hostFacts,
  ...clusterFacts,
  ...programFacts,
}

export const anyFact: fc.Arbitrary<Fact> = fc.oneof(...Object.values(FACTS))

const observation: fc.Arbitrary<Observation> = fc.record({
  source: fc.constantFrom('kmsg', 'cgroup', 'proc', 'docker', 'kubernetes', 'log'),
  at: numberOrNull,
  says: text,
  excerpt: text,
  from: text,
  fact: anyFact,
})

export const anyWorld: fc.Arbitrary<World> = fc.record({
  observations: fc.array(observation, { maxLength: 4 }),
  unknown: texts,
})
