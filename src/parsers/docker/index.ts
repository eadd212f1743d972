import type { TextFormat } from '../format.ts'
import { eventsJsonFormat } from './events-json.ts'
import { eventsTextFormat } from './events-text.ts'
import { inspectFormat } from './inspect.ts'
import { psTableFormat } from './ps-table.ts'
import { stateExcerptFormat } from './state-excerpt.ts'
import { statsJsonFormat } from './stats-json.ts'
import { statsTableFormat } from './stats-table.ts'

/** What container engines print: docker and podman. */
export const engineFormats: readonly TextFormat[] = [
  inspectFormat,
  eventsJsonFormat,
  eventsTextFormat,
  statsJsonFormat,
  statsTableFormat,
  psTableFormat,
  stateExcerptFormat,
]
