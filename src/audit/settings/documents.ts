import type { Excerpt } from '../documents/excerpt.ts'
import { scalarAt, type Scalar, type Value } from '../documents/value.ts'
import { readYaml } from '../documents/yaml.ts'
import type { Word } from '../workload.ts'

/** A configuration in YAML or JSON; null where it is none. The places of its values are those of the excerpt. */
export function documentIn(excerpt: Excerpt): Value | null {
  const file = { path: '', text: excerpt.text }
  const reading = readYaml({ file, start: 0, end: file.text.length })
  return reading.ok ? (reading.values[0] ?? null) : null
}

/** A word of a document that was read from an excerpt, at its place in the file; quotes are no part of it. */
export function wordIn(excerpt: Excerpt, { text, place: { start, end } }: Scalar): Word {
  const isQuoted = excerpt.text.slice(start + 1, end - 1) === text
  return { text, place: isQuoted ? excerpt.place(start + 1, end - 1) : excerpt.place(start, end) }
}

/** A setting of such a configuration, at its place in the file. */
export function scalarIn(excerpt: Excerpt, path: readonly string[]): Word | null {
  const scalar = scalarAt(documentIn(excerpt), ...path)
  return scalar === null ? null : wordIn(excerpt, scalar)
}
