import type { Observation } from '../../model/evidence.ts'
import type { KubernetesEvent } from '../../model/cluster.ts'
import type { TextFormat } from '../format.ts'

import { detached, linesOf } from '../lines.ts'
import { seenAt, seenCount } from './describe.ts'
import { describeEvent } from './event.ts'
import { observe } from './observation.ts'

const HEADER = /^(?:NAMESPACE\s+)?LAST SEEN\s.*\bREASON\b.*\bMESSAGE\b/
/** A row without the heading above it, as people copy it: NAMESPACE, LAST SEEN, TYPE, REASON, OBJECT, MESSAGE. */
const BARE_ROW =
  /^\s*(?:([a-z0-9][a-z0-9-]*)\s+)??((?:\d{1,5}[smhdy])+(?: \(x\d+ over \w+\))?|<unknown>)\s+(Normal|Warning)\s+([A-Za-z]+)\s+([a-z]+\/[\w.-]+)\s+(\S.*)?$/
const MAX_EVENTS = 20_000

/** kubectl prints the short resource names of the object's kind. */
const KINDS: Readonly<Record<string, string>> = {
  pod: 'Pod',
  node: 'Node',
  job: 'Job',
  deployment: 'Deployment',
  replicaset: 'ReplicaSet',
  statefulset: 'StatefulSet',
  daemonset: 'DaemonSet',
}

/** The table of `kubectl get events`, also with `-A` and `-o wide`. */
export const eventsTable: TextFormat = {
  id: 'kubectl-get-events',

  recognise(head) {
    const first = head.trimStart().split('\n', 1).join('')
    return HEADER.test(first) || BARE_ROW.test(first)
  },

  parse(text, origin) {
    const observations: Observation[] = []
    let columns: Column[] = []
    for (const { number, text: line } of linesOf(text)) {
      const row = detached(line)
      if (HEADER.test(row)) {
        columns = readHeader(row)
        continue
      }
      const event = readRow(columns.length === 0 ? bareCells(row) : cellsUnder(columns, row))
      if (event === null) continue
      const { age, fact } = event
      observations.push(
        observe(origin, {
          fact,
          at: seenAt(age, origin.readAt),
          says: describeEvent(fact),
          excerpt: row,
          line: number,
        }),
      )
      if (observations.length >= MAX_EVENTS) break
    }
    return observations
  },
}

interface Column {
  name: string
  start: number
  end: number
}

/** Columns are padded to equal width, so their headings tell where they begin. */
function readHeader(header: string): Column[] {
  const starts = [...header.matchAll(/\S+(?: \S+)*/g)]
  return starts.map((match, index) => ({
    name: match[0],
    start: match.index,
    end: starts[index + 1]?.index ?? Infinity,
  }))
}

interface Row {
  age: string
  fact: KubernetesEvent
}

/** What stands in a row under a heading; empty where it has none of that name. */
type Cells = (heading: string) => string

function cellsUnder(columns: readonly Column[], row: string): Cells {
  return (heading) => {
    const column = columns.find(({ name }) => name === heading)
    return column === undefined ? '' : row.slice(column.start, column.end).trim()
  }
}

const BARE_HEADINGS = ['NAMESPACE', 'LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE']

function bareCells(row: string): Cells {
  const [, ...cells] = BARE_ROW.exec(row) ?? []
  return (heading) => cells[BARE_HEADINGS.indexOf(heading)]?.trim() ?? ''
}

function readRow(cell: Cells): Row | null {
  const age = cell('LAST SEEN')
  const type = cell('TYPE')
  const reason = cell('REASON')
  const [kind, name] = readObject(cell)
  if (!/^(?:\d|<unknown>|<invalid>)/.test(age) || reason === '' || name === null) return null
  if (type !== 'Normal' && type !== 'Warning') return null
  const count = cell('COUNT')
  const fact: KubernetesEvent = {
    kind: 'kubernetes-event',
    reason,
    message: cell('MESSAGE'),
    type,
    namespace: cell('NAMESPACE') || null,
    objectKind: kind,
    objectName: name,
    objectUid: null,
    count: /^\d{1,9}$/.test(count) ? Number(count) : seenCount(age),
  }
  return { age, fact }
}

/** `pod/cart-0`; older kubectl has the columns KIND and NAME, of the event, instead. */
function readObject(cell: Cells): [string | null, string | null] {
  const object = cell('OBJECT')
  return object.includes('/')
    ? splitObject(object)
    : [cell('KIND') || null, cell('NAME').replace(/\.[0-9a-f]+$/, '') || null]
}

function splitObject(object: string): [string | null, string | null] {
  const slash = object.indexOf('/')
  const kind = object.slice(0, slash)
  const known = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined
  return [known ?? kind, object.slice(slash + 1) || null]
}
