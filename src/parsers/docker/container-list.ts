import { integerAt, jsonObjects } from '../json.ts'
import type { JsonRecord } from '../json.ts'
import { textField } from '../json-fields.ts'

/** A container as the list of its engine shows it. */
export interface ListedContainer {
  id: string
  name: string
  /** How its last run ended; null: it runs, never ran, or the list does not say. */
  exitCode: number | null
}

/** `GET /containers/json` of Docker and Podman, and `podman ps --format json`. Sandboxes of pods are left out. */
export function readContainerList(text: string): ListedContainer[] {
  return [...jsonObjects(text)].flatMap(({ value }) => {
    const id = textField(value, 'Id') ?? textField(value, 'ID')
    const name = firstName(value)
    return id === null || name === null || isSandbox(value)
      ? []
      : [{ id, name, exitCode: exitCodeOf(value) }]
  })
}

/** The API writes `"Names": ["/web"]`, Podman's program `"Names": ["web"]`. */
function firstName(value: JsonRecord): string | null {
  const names = value['Names']
  const name: unknown = Array.isArray(names) ? names[0] : null
  return typeof name === 'string' && name !== '' ? name.replace(/^\//, '') : null
}

/** Podman keeps the namespaces of a pod in a container that does nothing. */
function isSandbox(value: JsonRecord): boolean {
  return value['IsInfra'] === true
}

/** Podman's program has a field for it, which is 0 while it runs; the API writes it in words alone. */
function exitCodeOf(value: JsonRecord): number | null {
  const state = textField(value, 'State')
  if (state !== 'exited' && state !== 'dead') return null
  const inWords = /^Exited \((\d+)\)/.exec(textField(value, 'Status') ?? '')?.[1]
  return inWords === undefined ? integerAt(value, 'ExitCode') : Number(inWords)
}
