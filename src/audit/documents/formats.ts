import { CLUSTER } from './cluster.ts'
import { COMPOSE } from './compose.ts'
import { DOCKERFILE } from './dockerfile.ts'
import type { DocumentFormat, TextFormat } from './format.ts'
import { INSPECT } from './inspect.ts'
import { KUBERNETES } from './kubernetes.ts'
import { MACHINE } from './machine.ts'
import { MARATHON } from './marathon.ts'
import { UNITS } from './units.ts'

/** The first that is sure of a file has it. */
export const TEXT_FORMATS: readonly TextFormat[] = [DOCKERFILE, UNITS]

/** The first that can read a document has it. */
export const DOCUMENT_FORMATS: readonly DocumentFormat[] = [
  MACHINE,
  CLUSTER,
  INSPECT,
  MARATHON,
  COMPOSE,
  KUBERNETES,
]

/** What can be judged, as the list in a sentence. */
export function namesOfFormats(): string {
  const names = [...DOCUMENT_FORMATS, ...TEXT_FORMATS].map(({ name }) => name).toSorted()
  return `${names.slice(0, -1).join(', ')} or ${names.at(-1) ?? ''}`
}
