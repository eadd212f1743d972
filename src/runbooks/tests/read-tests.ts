/** Reads the tests of a runbook. */
import { isScalar } from 'yaml'
import { StellaError } from '../../model/errors.ts'
import type { Runbook } from '../../model/runbook.ts'
import { paramValues } from '../params.ts'
import { readAnswers } from './read-answers.ts'
import { readExpected, stepIn, stepNamed } from './read-expected.ts'
import type { AnswersTo, RunbookTest, TestApproval } from './runbook-test.ts'
import { yamlReader } from '../../sources/files/yaml-reader.ts'
import type { Held, YamlReader } from '../../sources/files/yaml-reader.ts'

const FILE = ['schema', 'answers', 'tests'] as const
const TEST = [
  ...(['name', 'params', 'onlyChecks', 'deep', 'approve', 'by', 'person', 'undo'] as const),
  ...(['answers', 'expect'] as const),
] as const
const UNDOS = ['on-failure', 'afterwards'] as const
const USUAL_PERSON = 'tester'

/**
 * @param path for people
 * @throws StellaError (usage) with the line of what is wrong
 */
export function readTests(text: string, path: string, runbook: Runbook): readonly RunbookTest[] {
  const reader = yamlReader(text, path)
  const { schema, answers, tests } = reader.fields(reader.root, 'a file of tests', FILE)
  reader.oneOf(schema ?? null, 'schema', ['1'])
  const shared = answers === undefined ? [] : readAnswers(reader, answers, runbook)
  const names = new Set<string>()
  const read = reader.items(tests ?? null, 'tests').map((node) => {
    const test = testIn(reader, node, runbook, shared)
    if (names.has(test.name)) {
      reader.wrong(node, `two tests are called '${test.name}'`, 'call one of them otherwise')
    }
    names.add(test.name)
    return test
  })
  return read.length > 0 ? read : reader.wrong(tests ?? null, 'it holds no test', 'write one')
}

function testIn(
  reader: YamlReader,
  node: Held,
  runbook: Runbook,
  shared: readonly AnswersTo[],
): RunbookTest {
  const fields = reader.fields(node, 'a test', TEST)
  const { name, params, onlyChecks, deep, approve, by, person, undo, answers, expect } = fields
  const isTrue = (held: Held | undefined, what: string): boolean =>
    held !== undefined && reader.isTrue(held, what)
  if (name === undefined)
    return reader.wrong(node, 'a test has no name', 'name it by what it shows')
  if (expect === undefined)
    return reader.wrong(node, 'a test expects nothing', 'say what the run comes to')
  return {
    name: reader.text(name, 'name'),
    line: reader.lineOf(node),
    params: params === undefined ? new Map() : paramsIn(reader, params, runbook),
    onlyChecks: isTrue(onlyChecks, 'onlyChecks'),
    deep: isTrue(deep, 'deep'),
    approve: approve === undefined ? { kind: 'nothing' } : approvalIn(reader, approve, runbook),
    by: by === undefined ? [USUAL_PERSON] : peopleIn(reader, by),
    person: person === undefined ? null : saidIn(reader, person, runbook),
    undo: undo === undefined ? null : reader.oneOf(undo, 'undo', UNDOS),
    answers: { shared, own: answers === undefined ? [] : readAnswers(reader, answers, runbook) },
    expected: readExpected(reader, expect, runbook),
  }
}

function paramsIn(
  reader: YamlReader,
  node: Held,
  { params }: Runbook,
): ReadonlyMap<string, string> {
  const given = new Map<string, string>()
  for (const { key, at, value } of reader.entries(node, 'params')) {
    given.set(key, reader.text(value, `the parameter ${key}`))
    try {
      paramValues(params, given)
    } catch (error) {
      if (error instanceof StellaError) reader.wrong(at, error.message, error.todo)
      throw error
    }
  }
  return given
}

/** `plan`, `low-risk`, or the changes that are chosen. */
function approvalIn(reader: YamlReader, node: Held, runbook: Runbook): TestApproval {
  if (isScalar(node)) {
    const kind = reader.oneOf(node, 'approval', ['plan', 'low-risk'])
    return kind === 'plan' ? { kind, steps: [] } : { kind }
  }
  const steps = reader.items(node, 'approve').map((item) => {
    const id = stepNamed(reader, item, runbook)
    const isChange = runbook.steps.some((step) => step.id === id && step.kind === 'change')
    return isChange ? id : reader.wrong(item, `'${id}' changes nothing`, 'approve changes alone')
  })
  if (steps.length === 0) reader.wrong(node, 'no change is chosen', "leave 'approve' out")
  return { kind: 'plan', steps }
}

function peopleIn(reader: YamlReader, node: Held): RunbookTest['by'] {
  const [first, ...rest] = reader.items(node, 'by').map((item) => reader.text(item, 'a name'))
  return first === undefined
    ? reader.wrong(node, 'nobody is named', 'name one at least')
    : [first, ...rest]
}

function saidIn(reader: YamlReader, node: Held, runbook: Runbook): ReadonlyMap<string, string> {
  return new Map(
    reader
      .entries(node, 'person')
      .map(({ key, at, value }) => [
        stepIn(reader, key, at, runbook),
        reader.text(value, `what is said to ${key}`),
      ]),
  )
}
