import type { Container, Variable } from '../workload.ts'
import type { ConfigMaps, Owner } from './config-maps.ts'
import { itemsAt, mappingAt, scalarAt, textAt } from './value.ts'
import type { Mapping, Value } from './value.ts'

type Environment = Pick<Container, 'environment' | 'environmentIsWhole'>

/** The variables of a container: those of whole ConfigMaps, of two the later one, and above them each that it names itself. */
export function podEnvironment(root: Mapping, maps: ConfigMaps, owner: Owner): Environment {
  const environment = new Map<string, Variable>()
  let environmentIsWhole = true
  for (const item of itemsAt(root, 'envFrom')) {
    const variables = variablesFrom(item, maps, owner)
    if (variables === null) environmentIsWhole = false
    else for (const [name, variable] of variables) environment.set(name, variable)
  }
  for (const item of itemsAt(root, 'env')) {
    const name = scalarAt(item, 'name')?.text
    const variable = variableOf(item, maps, owner)
    if (name !== undefined && variable !== null) environment.set(name, variable)
  }
  return { environment, environmentIsWhole }
}

/** Null where it is a secret, or a map that is not among the files. */
function variablesFrom(item: Value, maps: ConfigMaps, owner: Owner): [string, Variable][] | null {
  const name = textAt(item, 'configMapRef', 'name')
  const data = name === null ? null : maps.dataOf(name, owner)
  if (data === null) return null
  const prefix = textAt(item, 'prefix') ?? ''
  return [...data].map(([key, { text, place }]) => [
    `${prefix}${key}`,
    { value: text, place, name: place, resource: null },
  ])
}

function variableOf(item: Value, maps: ConfigMaps, owner: Owner): Variable | null {
  const name = scalarAt(item, 'name')
  if (name === null) return null
  const mapped = mappedValue(mappingAt(item, 'valueFrom', 'configMapKeyRef'), maps, owner)
  if (mapped !== null) {
    return { value: mapped.text, place: mapped.place, name: name.place, resource: null }
  }
  const value = scalarAt(item, 'value')
  const resource = mappingAt(item, 'valueFrom', 'resourceFieldRef')
  const field = scalarAt(resource, 'resource')
  return {
    // `$(OTHER)` is put together by the kubelet.
    value: value === null || /\$\(\w+\)/.test(value.text) ? null : value.text,
    place: value?.place ?? field?.place ?? name.place,
    name: name.place,
    resource:
      field === null ? null : { name: field.text, divisor: textAt(resource, 'divisor') ?? '1' },
  }
}

function mappedValue(reference: Mapping | null, maps: ConfigMaps, owner: Owner) {
  const name = textAt(reference, 'name')
  const key = textAt(reference, 'key')
  return name === null || key === null ? null : (maps.dataOf(name, owner)?.get(key) ?? null)
}
