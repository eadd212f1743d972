import { isMap, isScalar, isSeq } from 'yaml'
import type { Runbook } from '../../model/runbook.ts'
import { meantWord } from '../../parsers/nearest-word.ts'
import { readDuration } from '../../parsers/quantity/duration.ts'
import { commandNamed, programsOf } from './commands-named.ts'
import type { Answer, AnswersTo } from './runbook-test.ts'
import type { Held, YamlReader } from '../../sources/files/yaml-reader.ts'

const FIELDS = ['stdout', 'json', 'source', 'stderr', 'exit', 'takes', 'missing'] as const
const NOTHING_WRITTEN: Answer = {
  stdout: '',
  source: null,
  stderr: '',
  exit: 0,
  takesMs: 0,
  isMissing: false,
}

/** @throws StellaError (usage) */
export function readAnswers(
  reader: YamlReader,
  node: Held,
  runbook: Runbook,
): readonly AnswersTo[] {
  return reader.entries(node, 'answers').map(({ key, at, value }) => ({
    key,
    line: reader.lineOf(at),
    of: whoseAnswer(reader, key, at, runbook),
    answers: answersIn(reader, value),
  }))
}

/** `size`, `raise.undo`, or a command with its values. */
function whoseAnswer(reader: YamlReader, key: string, at: Held, runbook: Runbook): AnswersTo['of'] {
  const isUndo = key.endsWith('.undo')
  const id = isUndo ? key.slice(0, -'.undo'.length) : key
  const step = runbook.steps.find((each) => each.id === id)
  if (step !== undefined) {
    if (isUndo ? step.undo !== null : step.run.length > 0) return { kind: 'step', step: id, isUndo }
    const what = isUndo ? 'nothing takes it back' : 'it runs no command'
    return reader.wrong(at, `'${key}' needs no answer: ${what}`, 'take it away')
  }
  const programs = commandNamed(key)
  if (programs !== null && programsOf(runbook).has(programs[0]?.[0] ?? '')) {
    return { kind: 'command', programs }
  }
  const ids = runbook.steps.map((each) => each.id)
  const todo = meantWord(id, ids, "name a step, 'step.undo', or a whole command")
  return reader.wrong(
    at,
    `'${key.slice(0, 80)}' is neither a step nor a command of the runbook`,
    todo,
  )
}

function answersIn(reader: YamlReader, node: Held): AnswersTo['answers'] {
  if (!isSeq<Held>(node)) return [answerIn(reader, node)]
  const [first, ...rest] = reader.items(node, 'answers').map((item) => answerIn(reader, item))
  if (first !== undefined) return [first, ...rest]
  return reader.wrong(node, 'a list of answers has none', 'write at least one')
}

/** A number is an exit code, a text what it writes. */
function answerIn(reader: YamlReader, node: Held): Answer {
  if (isScalar(node)) {
    return typeof node.value === 'number'
      ? { ...NOTHING_WRITTEN, exit: exitIn(reader, node) }
      : { ...NOTHING_WRITTEN, stdout: reader.text(node, 'an answer') }
  }
  const { stdout, json, source, stderr, exit, takes, missing } = reader.fields(
    node,
    'an answer',
    FIELDS,
  )
  if (stdout !== undefined && json !== undefined) {
    reader.wrong(json, 'an answer has stdout or json', 'take one of them away')
  }
  const text = (held: Held | undefined, what: string): string =>
    held === undefined ? '' : reader.text(held, what)
  return {
    stdout: json === undefined ? text(stdout, 'stdout') : reader.json(json),
    source: source === undefined ? null : sourceIn(reader, source),
    stderr: text(stderr, 'stderr'),
    exit: exit === undefined ? 0 : exitIn(reader, exit),
    takesMs: takes === undefined ? 0 : timeIn(reader, takes),
    isMissing: missing !== undefined && reader.isTrue(missing, 'missing'),
  }
}

function sourceIn(reader: YamlReader, node: Held): string {
  return isMap(node) ? reader.json(node) : reader.text(node, 'source')
}

function exitIn(reader: YamlReader, node: Held): number {
  const code = Number(reader.text(node, 'exit'))
  if (Number.isInteger(code) && code >= 0 && code <= 255) return code
  return reader.wrong(node, 'exit has to be an exit code', 'write a number from 0 to 255')
}

function timeIn(reader: YamlReader, node: Held): number {
  const read = readDuration(reader.text(node, 'takes'))
  return read.ok ? read.milliseconds : reader.wrong(node, read.problem, read.todo)
}
