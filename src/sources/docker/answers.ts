/** What an engine answers, as observations that name the engine. */
import type { Observation } from '../../model/evidence.ts'
import type { Origin, TextFormat } from '../../parsers/format.ts'
import type { Reader } from '../reader.ts'
import type { Engine, EngineText } from './engine.ts'

type Answer = Pick<EngineText, 'from' | 'text'>

export function parseAnswer(
  reader: Reader,
  engine: Engine,
  format: TextFormat,
  answer: Answer,
): Observation[] {
  const parsed = format.parse(answer.text, originOf(reader, engine, answer))
  return parsed.map((observation) => nameEngine(observation, engine))
}

export function originOf(reader: Reader, engine: Engine, { from }: Answer): Origin {
  return { from, readAt: reader.now(), source: engine.name }
}

/** Podman's compatible API speaks as Docker does: only the one who asked knows better. */
function nameEngine(observation: Observation, engine: Engine): Observation {
  const { fact } = observation
  if (fact.kind !== 'container-state' && fact.kind !== 'container-event') return observation
  if (fact.engine === engine.name) return observation
  const sentence = observation.says.replace(new RegExp(`^${fact.engine}\\b`), engine.name)
  return { ...observation, says: sentence, fact: { ...fact, engine: engine.name } }
}
