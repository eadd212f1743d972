import type { Container, Variable } from '../workload.ts'
import type { Beside } from './beside.ts'
import { wholeFile } from './excerpt.ts'
import { interpolate, type Variables } from './interpolate.ts'
import { linesOf, partOf } from './lines.ts'
import type { SourceFile } from './place.ts'
import { at, entriesAt, itemsAt } from './value.ts'
import type { Mapping, Value } from './value.ts'
import { wordsOf } from './words.ts'

type Environment = Pick<Container, 'environment' | 'environmentIsWhole'>

/** The variables of a service: those of its files, of two the later one, and above them those it names itself. */
export function composeEnvironment(
  root: Mapping,
  variables: Variables,
  beside: Beside,
): Environment {
  const environment = new Map<string, Variable>()
  let environmentIsWhole = true
  for (const path of pathsOf(at(root, 'env_file'))) {
    const filled = path === null ? null : interpolate(path, variables)
    const file = filled === null ? null : beside.read(filled)
    if (file === null) environmentIsWhole = false
    else for (const [name, variable] of variablesOf(file)) environment.set(name, variable)
  }
  for (const [name, variable] of ownVariables(root, variables)) environment.set(name, variable)
  return { environment, environmentIsWhole }
}

/** A path, or a list of paths and of mappings with one; null where it is none of these. */
function pathsOf(value: Value | null): (string | null)[] {
  if (value === null) return []
  return (value.kind === 'sequence' ? value.items : [value]).map((item) => {
    const path = item.kind === 'mapping' ? at(item, 'path') : item
    return path?.kind === 'scalar' ? path.text : null
  })
}

const NAME = /^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.]*)[ \t]*(?:[=:][ \t]*)?/
const VALUE = /^(?:"((?:\\.|[^"\\])*)"|'([^']*)'|(.*))/

/** A file of variables (compose-spec, env_file), each value at its place. */
function variablesOf(file: SourceFile): [string, Variable][] {
  return linesOf(wholeFile(file)).flatMap((line): [string, Variable][] => {
    const [head, name] = NAME.exec(line.text) ?? []
    if (head === undefined || name === undefined) return []
    const key = partOf(line, line.text.indexOf(name), name)
    const isSet = /[=:]/.test(head)
    const [whole = '', double, single, plain] = VALUE.exec(line.text.slice(head.length)) ?? []
    const bare = plain?.replace(/(?:^|[ \t])#.*$/, '').trimEnd()
    const value = double ?? single ?? bare ?? ''
    const word = partOf(line, head.length + whole.indexOf(value), value)
    // What stands in single quotes is taken as it is; elsewhere other variables and escapes are put in.
    const isKnown = isSet && (single !== undefined || !/[$\\]/.test(value))
    return [
      [
        name,
        {
          value: isKnown ? value : null,
          place: value === '' ? key.place : word.place,
          name: key.place,
          resource: null,
        },
      ],
    ]
  })
}

function ownVariables(root: Mapping, variables: Variables): Map<string, Variable> {
  const found = new Map<string, Variable>()
  for (const [name, { key, value }] of entriesAt(root, 'environment')) {
    const text =
      value.kind === 'scalar' && value.value !== null ? interpolate(value.text, variables) : null
    found.set(name, { value: text, place: value.place, name: key, resource: null })
  }
  for (const { text, place } of wordsOf(itemsAt(root, 'environment'))) {
    const equals = text.indexOf('=')
    const name = equals === -1 ? text : text.slice(0, equals)
    const value = equals === -1 ? null : interpolate(text.slice(equals + 1), variables)
    found.set(name, { value, place, name: place, resource: null })
  }
  return found
}
