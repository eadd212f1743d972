import { isMap, parseDocument, type Document, type Node, type Pair, type YAMLMap } from 'yaml'
import { usageError } from '../../../model/errors.ts'
import { isRecord } from '../../../parsers/json-fields.ts'
import { yamlComplaint } from '../../../parsers/yaml-complaint.ts'

/** A compose file, with the places of its values and with what they mean. */
export interface ComposeFile {
  text: string
  document: Document.Parsed
  /** As Compose sees it before it puts variables in: anchors and merge keys are resolved. */
  data: Readonly<Record<string, unknown>>
}

/** @throws StellaError with file:line where it is not YAML that Compose would take */
export function readCompose(file: string, text: string): ComposeFile {
  const document = parseDocument(text, { merge: true })
  const [error] = document.errors
  if (error !== undefined) {
    const line = error.linePos?.[0].line
    throw usageError(
      yamlComplaint(error),
      line === undefined ? file : `${file}:${line}`,
      'correct the file first',
    )
  }
  return { text, document, data: dataOf(file, document) }
}

/** @throws StellaError where aliases would grow it beyond bounds, or it is no mapping */
function dataOf(file: string, document: Document): Readonly<Record<string, unknown>> {
  let data: unknown
  try {
    // Copied: what aliases share must not be changed at several places at once.
    data = JSON.parse(JSON.stringify(document.toJS({ maxAliasCount: 1_000 })))
  } catch {
    throw usageError('its aliases stand for too much', file, 'correct the file first')
  }
  if (!isRecord(data)) throw usageError('is no compose file', file, 'name the right file')
  return data
}

/** The pair that a mapping itself has under this key; what a merge key brings is not its own. */
export function ownPair(map: YAMLMap, key: string): Pair<Node, Node | null> | null {
  for (const pair of map.items) {
    if (isNodePair(pair) && String(pair.key) === key) return pair
  }
  return null
}

function isNodePair(pair: Pair): pair is Pair<Node, Node | null> {
  return isNode(pair.key) && (pair.value === null || isNode(pair.value))
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'range' in value
}

/** @throws StellaError where the file has no such service */
export function serviceNode(
  file: string,
  compose: ComposeFile,
  service: string,
): { pair: Pair<Node, Node | null>; data: Readonly<Record<string, unknown>> } {
  const services = compose.document.get('services', true)
  const pair = isMap(services) ? ownPair(services, service) : null
  const data = isRecord(compose.data['services']) ? compose.data['services'][service] : null
  if (pair !== null && isRecord(data)) return { pair, data }
  const known = isRecord(compose.data['services']) ? Object.keys(compose.data['services']) : []
  const names = known.length === 0 ? 'it has none' : `it has ${known.slice(0, 20).join(', ')}`
  throw usageError(`there is no service ${service}`, file, `name another service: ${names}`)
}
