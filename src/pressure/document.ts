/** An experiment as Chaos Toolkit writes one. */
import type { JsonObject } from '../model/fix.ts'
import type { Experiment, HypothesisProbe, Pressure, Question, Tolerance } from './experiment.ts'

/** The file that would be this experiment. */
export function experimentDocument(target: string, experiment: Experiment): JsonObject {
  const { title, description, pressure, phases, probes, guards } = experiment
  return {
    version: '1.0.0',
    title,
    description,
    tags: ['stella', 'memory'],
    configuration: { target, hostFloorBytes: guards.hostFloorBytes, psiCeiling: guards.psiCeiling },
    'steady-state-hypothesis': { title: 'It stays well', probes: probes.map(probeActivity) },
    method: [
      {
        ...pressureActivity(pressure),
        provider: {
          ...pressureProvider(pressure),
          rampSeconds: phases.rampMs / 1_000,
          holdSeconds: phases.holdMs / 1_000,
        },
      },
    ],
    rollbacks: [rollbackActivity(pressure)],
  }
}

export function probeActivity({ name, question, tolerance }: HypothesisProbe): JsonObject {
  return {
    type: 'probe',
    name,
    provider: providerOf(question),
    tolerance: toleranceJson(tolerance),
  }
}

function toleranceJson(tolerance: Tolerance): JsonObject[string] {
  if (typeof tolerance !== 'object' || !('type' in tolerance)) return tolerance
  return { ...tolerance }
}

function providerOf(question: Question): JsonObject {
  switch (question.type) {
    case 'http':
      return { type: 'http', url: question.url }
    case 'command': {
      const [path = '', ...words] = question.argv
      return { type: 'process', path, arguments: words }
    }
    case 'oom.count':
    case 'alive':
    case 'psi':
      return { type: question.type }
  }
}

export function pressureActivity(pressure: Pressure): JsonObject {
  const name = pressure.kind === 'limit' ? 'lower the limit' : 'take memory'
  return { type: 'action', name, provider: pressureProvider(pressure) }
}

function pressureProvider(pressure: Pressure): JsonObject {
  if (pressure.kind === 'limit') return { type: 'cgroup.limit', limitBytes: pressure.limitBytes }
  const { memory, sizeBytes, placement } = pressure
  return { type: 'memory.ramp', memory, sizeBytes, placement }
}

function rollbackActivity({ kind }: Pressure): JsonObject {
  return kind === 'limit'
    ? { type: 'action', name: 'put the limit back', provider: { type: 'cgroup.limit', undo: true } }
    : { type: 'action', name: 'give the memory back', provider: { type: 'memory.release' } }
}
