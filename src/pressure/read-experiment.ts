/** Reads an experiment from a file, YAML or JSON, as Chaos Toolkit writes one. */
import * as z from 'zod/mini'
import { StellaError } from '../model/errors.ts'
import { yamlReader } from '../sources/files/yaml-reader.ts'
import type { Held, YamlReader } from '../sources/files/yaml-reader.ts'
import { commandWords } from '../verification/probe.ts'
import { parseAmount } from './amount.ts'
import { MEMORY_KINDS, PLACEMENTS, STEADY } from './experiment.ts'
import type { HypothesisProbe, Phases, Question } from './experiment.ts'
import type { Wish } from './plan.ts'

/** What a file asks for; whether the target is theirs nobody can say in a file. */
export interface ExperimentFile {
  /** `docker:web`; null: the file names none. */
  target: string | null
  wish: Omit<Wish, 'consent'>
}

/** Those that change what is done (`controls`, `runtime`, `secrets`) are not known, so that nobody relies on them. */
const FILE = [
  ...(['version', 'title', 'description', 'tags', 'contributions', 'configuration'] as const),
  ...(['steady-state-hypothesis', 'method', 'rollbacks'] as const),
] as const
const CONFIGURATION = ['target', 'hostFloorBytes', 'psiCeiling'] as const
const ACTIVITY = ['type', 'name', 'provider'] as const
const PROBE = [...ACTIVITY, 'tolerance'] as const
const PHASES = ['rampSeconds', 'holdSeconds'] as const
const QUESTIONS = ['oom.count', 'alive', 'psi', 'http', 'process', 'command'] as const
const PRESSURES = ['memory.ramp', 'cgroup.limit'] as const

const Scalar = z.union([z.number(), z.boolean(), z.string()])
const Tolerance = z.union([
  Scalar,
  z.array(Scalar),
  z.object({ type: z.literal('range'), range: z.tuple([z.number(), z.number()]) }),
  z.object({ type: z.literal('regex'), pattern: z.string() }),
])

/**
 * @param path for people
 * @throws StellaError (usage) with the line of what is wrong
 */
export function readExperiment(text: string, path: string): ExperimentFile {
  const reader = yamlReader(text, path)
  const fields = reader.fields(reader.root, 'an experiment', FILE)
  const { title, description, configuration, method } = fields
  const hypothesis = fields['steady-state-hypothesis']
  const settings =
    configuration === undefined ? {} : reader.fields(configuration, 'configuration', CONFIGURATION)
  const { target, hostFloorBytes, psiCeiling } = settings
  return {
    target: target === undefined ? null : reader.text(target, 'target'),
    wish: {
      title: title === undefined ? null : reader.text(title, 'title'),
      description: description === undefined ? null : reader.text(description, 'description'),
      hostFloorBytes:
        hostFloorBytes === undefined ? null : numberIn(reader, hostFloorBytes, 'hostFloorBytes'),
      psiCeiling: psiCeiling === undefined ? null : numberIn(reader, psiCeiling, 'psiCeiling'),
      probes: hypothesis === undefined ? [] : probesIn(reader, hypothesis),
      ...methodIn(reader, method ?? null),
    },
  }
}

function probesIn(reader: YamlReader, node: Held): readonly HypothesisProbe[] {
  const { probes } = reader.fields(node, 'a hypothesis', ['title', 'probes'])
  const all = probes === undefined ? [] : reader.items(probes, 'probes')
  return all.flatMap((each) => {
    const fields = reader.fields(each, 'a probe', PROBE)
    if (fields.provider === undefined)
      return reader.wrong(each, 'a probe has no provider', 'say what is asked')
    if (fields.tolerance === undefined)
      return reader.wrong(each, 'a probe has no tolerance', 'say which answer is well')
    const question = questionIn(reader, fields.provider)
    const tolerance = toleranceIn(reader, fields.tolerance)
    const steady = STEADY.find((one) => one.question.type === question.type)
    if (steady === undefined) {
      const name = fields.name === undefined ? question.type : reader.text(fields.name, 'name')
      return [{ name, question, tolerance }]
    }
    // It is asked of every subject anyway.
    if (tolerance === steady.tolerance) return []
    const todo = `write ${JSON.stringify(steady.tolerance)}, or leave it out`
    return reader.wrong(fields.tolerance, 'no other tolerance is possible here', todo)
  })
}

function questionIn(reader: YamlReader, node: Held): Question {
  const known = ['type', 'url', 'path', 'arguments', 'method'] as const
  const { type, url, path, arguments: words, method } = reader.fields(node, 'a provider', known)
  const kind = reader.oneOf(type ?? null, 'provider of a probe', QUESTIONS)
  if (kind === 'http') {
    if (method !== undefined) reader.oneOf(method, 'method', ['GET'])
    const text = reader.text(url ?? null, 'url')
    if (/^https?:$/.test(URL.parse(text)?.protocol ?? '')) return { type: 'http', url: text }
    return reader.wrong(url ?? node, 'this is no address', 'write it as http://localhost:8080/')
  }
  if (kind !== 'process' && kind !== 'command') return { type: kind }
  const program = reader.text(path ?? null, 'path')
  return { type: 'command', argv: [program, ...argumentsIn(reader, words)] }
}

function argumentsIn(reader: YamlReader, node: Held | undefined): readonly string[] {
  if (node === undefined) return []
  const value: unknown = JSON.parse(reader.json(node))
  if (Array.isArray(value))
    return reader.items(node, 'arguments').map((each) => reader.text(each, 'arguments'))
  const text = reader.text(node, 'arguments')
  return text.trim() === '' ? [] : placed(reader, node, () => commandWords(text))
}

function toleranceIn(reader: YamlReader, node: Held): HypothesisProbe['tolerance'] {
  const read = Tolerance.safeParse(JSON.parse(reader.json(node)))
  const todo =
    'write a value, a list of values, {type: range, range: [a, b]} or {type: regex, pattern: …}'
  if (!read.success) return reader.wrong(node, 'this is no tolerance', todo)
  const { data } = read
  if (typeof data !== 'object' || Array.isArray(data) || data.type !== 'regex') return data
  if (compiles(data.pattern)) return data
  return reader.wrong(node, 'this is no regular expression', 'mend its pattern')
}

function compiles(pattern: string): boolean {
  try {
    return new RegExp(pattern) instanceof RegExp
  } catch {
    return false
  }
}

function methodIn(reader: YamlReader, node: Held): Pick<Wish, 'pressure' | 'phases'> {
  const [action, second] = reader.items(node, 'method')
  if (action === undefined || second !== undefined) {
    return reader.wrong(
      second ?? node,
      'an experiment of stella has one action',
      `write one of ${PRESSURES.join(', ')}`,
    )
  }
  const { provider } = reader.fields(action, 'an action', ACTIVITY)
  const all = ['type', 'memory', 'size', 'sizeBytes', 'placement', 'limit', 'limitBytes'] as const
  const fields = reader.fields(provider ?? null, 'a provider', [...all, ...PHASES])
  const kind = reader.oneOf(fields.type ?? null, 'provider of an action', PRESSURES)
  const phases = phasesIn(reader, fields)
  if (kind === 'cgroup.limit') {
    const amount = amountIn(reader, provider ?? null, fields.limit, fields.limitBytes, 'limit')
    return { pressure: { kind: 'limit', amount }, phases }
  }
  const { memory, placement } = fields
  return {
    pressure: {
      kind: 'memory',
      memory: memory === undefined ? 'anonymous' : reader.oneOf(memory, 'memory', MEMORY_KINDS),
      amount: amountIn(reader, provider ?? null, fields.size, fields.sizeBytes, 'size'),
      placement: placement === undefined ? null : reader.oneOf(placement, 'placement', PLACEMENTS),
    },
    phases,
  }
}

function amountIn(
  reader: YamlReader,
  provider: Held,
  size: Held | undefined,
  bytes: Held | undefined,
  name: string,
): ReturnType<typeof parseAmount> {
  if (bytes !== undefined) return { bytes: numberIn(reader, bytes, `${name}Bytes`) }
  if (size !== undefined) return placed(reader, size, () => parseAmount(reader.text(size, name)))
  return reader.wrong(provider, `there is no ${name}`, `write ${name}: 25%, or ${name}: 64Mi`)
}

export const USUAL_PHASES: Phases = { rampMs: 10_000, holdMs: 30_000 }

function phasesIn(
  reader: YamlReader,
  { rampSeconds, holdSeconds }: Partial<Record<(typeof PHASES)[number], Held>>,
): Phases {
  const { rampMs, holdMs } = USUAL_PHASES
  return {
    rampMs:
      rampSeconds === undefined ? rampMs : numberIn(reader, rampSeconds, 'rampSeconds') * 1_000,
    holdMs:
      holdSeconds === undefined ? holdMs : numberIn(reader, holdSeconds, 'holdSeconds') * 1_000,
  }
}

function numberIn(reader: YamlReader, node: Held, what: string): number {
  const value = Number(reader.text(node, what))
  if (Number.isFinite(value) && value > 0) return value
  return reader.wrong(node, `${what} has to be a number above 0`, 'write one')
}

/** What a word is wrong about is told with its line. */
function placed<Result>(reader: YamlReader, node: Held, read: () => Result): Result {
  try {
    return read()
  } catch (error) {
    if (error instanceof StellaError) return reader.wrong(node, error.message, error.todo)
    throw error
  }
}
