/** YAML and JSON files of a lab, as what reads them on the platform does. */
import { parse } from 'yaml'
import { MIB } from '../model/bytes.ts'
import { parseMemory } from '../parsers/kubernetes/quantity.ts'
import { readDockerSize } from '../parsers/quantity/docker.ts'

export type Path = readonly (string | number)[]

/** Warnings go to nobody: the library would print them in the midst of what stella says. */
export const OPTIONS = { logLevel: 'error', maxAliasCount: 20 } as const

/** Undefined: it is none. */
export function documentIn(text: string): unknown {
  try {
    return parse(text, OPTIONS)
  } catch {
    return undefined
  }
}

export function valueAt(document: unknown, path: Path): unknown {
  let at = document
  for (const key of path) {
    if (typeof at !== 'object' || at === null) return undefined
    at = Reflect.get(at, key)
  }
  return at
}

export const DIALECTS = ['kubernetes', 'marathon', 'docker'] as const

/** As it stands in the file. */
export function textOf(written: unknown): string {
  return typeof written === 'string' ? written : JSON.stringify(written)
}

/** A size as the platform reads it: a quantity of Kubernetes, MiB as in Marathon, a size of Docker. Bytes; null: it is none. */
export function sizeIn(dialect: (typeof DIALECTS)[number], written: unknown): number | null {
  if (dialect === 'kubernetes') return parseMemory(textOf(written))
  if (dialect === 'marathon') {
    return typeof written === 'number' && written >= 0 ? written * MIB : null
  }
  const read = readDockerSize(textOf(written))
  return read.ok ? read.bytes : null
}
