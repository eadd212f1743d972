import { readYaml } from './yaml-objects.ts'
import { jsonObjects } from '../json.ts'
import { field, isRecord, listField, textField } from '../json-fields.ts'

/** One API object and where it stands. */
export interface ApiObject {
  kind: string
  value: Record<string, unknown>
  /** 1-based line of the object in its file; null where it cannot be told. */
  line: number | null
}

const MAX_OBJECTS = 20_000

/** The API objects of a JSON or YAML text that tell something: single objects, lists, several documents, watch streams. */
export function readApiObjects(text: string): ApiObject[] {
  const objects: ApiObject[] = []
  const documents = /^\s*[[{]/.test(text) ? readJson(text) : readYaml(text).map(unplaced)
  const lines = new LineFinder(text)
  for (const document of documents) {
    unfold(document.value, (kind, value) => {
      if (objects.length >= MAX_OBJECTS) return
      objects.push({ kind, value, line: document.line ?? lines.lineOf(value) })
    })
  }
  return objects
}

interface ReadDocument {
  value: unknown
  line: number | null
}

function readJson(text: string): ReadDocument[] {
  const whole = parseJson(text)
  if (whole !== undefined) return Array.isArray(whole) ? whole.map(unplaced) : [unplaced(whole)]
  // A watch, objects put together by a script, or a list that was cut.
  const documents: ReadDocument[] = []
  for (const { value, line } of jsonObjects(text)) {
    if (documents.length >= MAX_OBJECTS) break
    documents.push({ value, line })
  }
  return documents
}

function unplaced(value: unknown): ReadDocument {
  return { value, line: null }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function unfold(
  value: unknown,
  found: (kind: string, value: Record<string, unknown>) => void,
): void {
  // A watch wraps each object in what happened to it.
  const object = field(value, 'kind') === null ? field(value, 'object') : value
  const kind = textField(object, 'kind')
  if (kind === null || !isRecord(object)) return
  if (!kind.endsWith('List')) return found(kind, object)
  // Items of a `PodList` of the API server carry no kind of their own.
  const itemKind = kind.slice(0, -'List'.length)
  for (const item of listField(object, MAX_OBJECTS, 'items')) {
    if (isRecord(item)) found(textField(item, 'kind') ?? itemKind, item)
  }
}

/** Finds objects by their uid or name; they come in the order of the file, so one pass is enough. */
class LineFinder {
  readonly #text: string
  #offset = 0
  #line = 1

  constructor(text: string) {
    this.#text = text
  }

  lineOf(value: Record<string, unknown>): number | null {
    const metadata = value['metadata']
    if (!isRecord(metadata)) return null
    const mark = metadata['uid'] ?? metadata['name']
    if (typeof mark !== 'string' || mark === '') return null
    const at = this.#text.indexOf(mark, this.#offset)
    if (at === -1) return null
    for (;;) {
      const newline = this.#text.indexOf('\n', this.#offset)
      if (newline === -1 || newline >= at) break
      this.#line++
      this.#offset = newline + 1
    }
    return this.#line
  }
}
