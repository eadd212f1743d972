import { isMap, isScalar } from 'yaml'
import type { Runbook } from '../../model/runbook.ts'
import { meantWord } from '../../parsers/nearest-word.ts'
import type { Value } from '../condition/condition.ts'
import type { Programs } from '../run/commands.ts'
import { ENDED_STATES, VERDICTS } from '../run/event.ts'
import { commandNamed } from './commands-named.ts'
import type { Expected, Judgement } from './runbook-test.ts'
import type { Held, YamlReader } from '../../sources/files/yaml-reader.ts'

const FIELDS = ['verdict', 'waits', 'states', 'captures', 'ran', 'changes', 'undone'] as const
const STATES = [...ENDED_STATES, 'pending', 'waits', 'undone'] as const

/** @throws StellaError (usage), also where nothing is expected: such a test cannot fail */
export function readExpected(reader: YamlReader, node: Held, runbook: Runbook): Expected {
  const fields = reader.fields(node, 'expect', FIELDS)
  if (Object.keys(fields).length === 0) {
    return reader.wrong(
      node,
      'a test that expects nothing cannot fail',
      'say what the run comes to',
    )
  }
  const { verdict, waits, states, captures, ran, changes, undone } = fields
  const commands = (held: Held | undefined, what: string): readonly Programs[] | null =>
    held === undefined
      ? null
      : reader.items(held, what).map((item) => commandIn(reader, item, what))
  return {
    verdict: verdict === undefined ? null : judgementIn(reader, verdict, 'verdict', VERDICTS),
    waits: waits === undefined ? null : stepNamed(reader, waits, runbook),
    states: new Map(
      entriesOf(reader, states, 'states').map(({ key, at, value }) => [
        stepIn(reader, key, at, runbook),
        judgementIn(reader, value, 'state', STATES),
      ]),
    ),
    captures: new Map(
      entriesOf(reader, captures, 'captures').map(({ key, at, value }) => [
        captureIn(reader, key, at, runbook),
        valueIn(reader, value),
      ]),
    ),
    ran: commands(ran, 'ran'),
    changes: commands(changes, 'changes'),
    undone:
      undone === undefined
        ? null
        : reader.items(undone, 'undone').map((item) => stepNamed(reader, item, runbook)),
  }
}

/** @throws StellaError (usage) where the runbook has no such step */
export function stepIn(reader: YamlReader, id: string, at: Held, { steps }: Runbook): string {
  if (steps.some((step) => step.id === id)) return id
  const ids = steps.map((step) => step.id)
  const todo = meantWord(id, ids, `it has ${ids.join(', ')}`)
  return reader.wrong(at, `the runbook has no step '${id.slice(0, 60)}'`, todo)
}

export function stepNamed(reader: YamlReader, node: Held, runbook: Runbook): string {
  return stepIn(reader, reader.text(node, 'a step'), node, runbook)
}

function entriesOf(
  reader: YamlReader,
  node: Held | undefined,
  what: string,
): ReturnType<YamlReader['entries']> {
  return node === undefined ? [] : reader.entries(node, what)
}

/** `ok`, or with words of its reason: `{ skipped: it was not chosen }`. */
function judgementIn<Is extends string>(
  reader: YamlReader,
  node: Held,
  what: string,
  known: readonly Is[],
): Judgement<Is> {
  if (!isMap(node)) return { is: reader.oneOf(node, what, known), because: null }
  const [entry, more] = reader.entries(node, what)
  if (entry === undefined || more !== undefined) {
    return reader.wrong(
      node,
      `a ${what} is one word, and its reason`,
      `write it as { ${known[0]}: why }`,
    )
  }
  const is = reader.oneOf(entry.at, what, known)
  return { is, because: reader.text(entry.value, `the reason of a ${what}`) }
}

function captureIn(reader: YamlReader, name: string, at: Held, { steps }: Runbook): string {
  const names = steps.flatMap(({ id, kind, capture }) => [
    ...capture.map((each) => each.name),
    ...(kind === 'ask' && capture.length === 0 ? [id] : []),
  ])
  if (names.includes(name)) return name
  return reader.wrong(
    at,
    `no step takes '${name.slice(0, 60)}'`,
    meantWord(name, names, 'take it with capture="…"'),
  )
}

function valueIn(reader: YamlReader, node: Held): Value {
  if (isScalar(node)) {
    const { value } = node
    if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean')
      return value
  }
  return reader.wrong(node, 'a capture is one value', 'write a text, a number, true or false')
}

function commandIn(reader: YamlReader, node: Held, what: string): Programs {
  const programs = commandNamed(reader.text(node, `a command of ${what}`))
  return (
    programs ??
    reader.wrong(node, `${what} holds no command here`, 'write it with the values it is run with')
  )
}
