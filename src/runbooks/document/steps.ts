/** Steps from the fences of a document. */
import type { Capture, Phase, Step, StepKind } from '../../model/runbook.ts'
import { STEP_KINDS } from '../../model/runbook.ts'
import { nearestWord } from '../../parsers/nearest-word.ts'
import { readDuration } from '../../parsers/quantity/duration.ts'
import { endsByItself } from '../commands/endless.ts'
import { effectOfAll } from '../commands/effect.ts'
import { filled, MOST_COMMAND, readWords } from '../commands/words.ts'
import { readAttributes } from './attributes.ts'
import type { Block } from './markdown.ts'

export type Fence = Extract<Block, { kind: 'fence' }>

/** Where a fence stands. */
export interface Place {
  phase: Phase
  branch: string | null
  title: string
}

export interface StepsRead {
  steps: readonly Step[]
  problems: readonly { line: number; says: string }[]
}

const SHELLS = /^(?:bash|sh|shell|zsh|console)$/
const MOST_TITLE = 200
const KNOWN = [
  ...['id', 'kind', 'timeout', 'capture', 'problemIf', 'when', 'approve', 'undo', 'expect'],
  ...['since', 'retry', 'look', 'risk', 'idempotent'],
]
const RISKS = ['low', 'medium', 'high'] as const

/** A program, a variable before one, or a prompt or comment before either: a line of a log begins otherwise. */
const COMMAND = /^(?:[$#]|[a-z./~][\w./~+-]*(?:\s|$)|[A-Z_]+=)/

/** No step comes from a fence that shows an output, or a file. */
export function isOfSteps({ language, meta, text }: Fence): boolean {
  return meta.includes('{') || (SHELLS.test(language) && COMMAND.test(text.trimStart()))
}

/** @param number of the first one of them, for those that have no name */
export function stepsOf(fence: Fence, place: Place, number: number): StepsRead {
  const read = readAttributes(fence.meta)
  if (!read.ok) return { steps: [], problems: [{ line: fence.line, says: read.says }] }
  const { attributes } = read
  if (attributes.size === 0) return { steps: impliedSteps(fence, place, number), problems: [] }
  const problems: { line: number; says: string }[] = []
  const wrong = (says: string): null => {
    problems.push({ line: fence.line, says })
    return null
  }
  for (const name of attributes.keys()) {
    if (KNOWN.includes(name)) continue
    const near = nearestWord(name, KNOWN)
    wrong(`unknown attribute '${name}'${near === null ? '' : `: did you mean '${near}'?`}`)
  }
  const commands = commandsIn(fence)
  const kind = oneOf(STEP_KINDS, attributes.get('kind')) ?? impliedKind(commands, place.phase)
  if (attributes.has('kind') && kind !== attributes.get('kind')) {
    wrong(`kind '${attributes.get('kind')}' is none of ${STEP_KINDS.join(', ')}`)
  }
  const time = (text: string): number | null => {
    const duration = readDuration(text)
    return duration.ok ? duration.milliseconds : wrong(`${duration.problem}; ${duration.todo}`)
  }
  const retry = /^(\d{1,5})x(\d+[smhd])$/.exec(attributes.get('retry') ?? '')
  if (attributes.has('retry') && retry === null) wrong("retry is written as '10x6s'")
  const timeout = attributes.get('timeout')
  const captures = capturesIn(attributes.get('capture') ?? '')
  const risk = oneOf(RISKS, attributes.get('risk'))
  if (attributes.has('risk') && risk === undefined) wrong(`risk is one of ${RISKS.join(', ')}`)
  const since = attributes.get('since') ?? null
  if (since !== null && since !== 'change') wrong("since is 'change', or left out")
  const approvals = /^\d$/.exec(attributes.get('approve') ?? '0')
  if (approvals === null) wrong('approve says how many have to: a number up to 9')
  if (captures === null) wrong("capture is written as 'size:json:.size', or 'word:text'")
  return {
    problems,
    steps: [
      {
        id: attributes.get('id') ?? `${place.phase}-${number}`,
        ...place,
        title: place.title.slice(0, MOST_TITLE),
        kind,
        run: kind === 'manual' || kind === 'wait' ? [] : commands.map(({ text }) => text),
        line: fence.line,
        isDeclared: true,
        timeoutMs: timeout === undefined ? null : time(timeout),
        capture: captures ?? [],
        problemIf: attributes.get('problemIf') ?? null,
        when: attributes.get('when') ?? null,
        expect: attributes.get('expect') ?? null,
        retry:
          retry === null
            ? null
            : { times: Number(retry[1]), everyMs: time(retry[2] ?? '') ?? 1_000 },
        look: (attributes.get('look') ?? '')
          .split(',')
          .map((word) => word.trim())
          .filter(Boolean),
        since: since === null ? null : 'change',
        risk: risk ?? 'medium',
        approvals: Number(approvals?.[0] ?? 0),
        undo: attributes.get('undo') ?? null,
      },
    ],
  }
}

/** One for each command, so that each can be asked for by itself. */
function impliedSteps(fence: Fence, place: Place, number: number): readonly Step[] {
  const commands = commandsIn(fence).filter(({ text }) => COMMAND.test(text))
  return commands.map(({ text, comment, line }, at) => {
    const title = (comment ?? place.title).slice(0, MOST_TITLE)
    const kind = impliedKind([{ text }], place.phase)
    return {
      id: `${place.phase}-${number + at}`,
      ...place,
      title,
      kind,
      run: [text],
      line,
      isDeclared: false,
      timeoutMs: null,
      capture: [],
      problemIf: null,
      when: null,
      expect: kind === 'assert' ? absenceIn(title, text) : null,
      retry: null,
      look: [],
      // What was before the change is no answer to whether it helped.
      since: kind === 'assert' ? 'change' : null,
      risk: 'medium',
      approvals: 0,
      undo: null,
    }
  })
}

const FILTERED =
  /(?:--filter[ =]|\bgrep (?:-[A-Za-z]+ )*)(?:"(?<a>[\w .-]+)"|'(?<b>[\w .-]+)'|(?<c>[\w.-]+))/

/** "Verify no OOM in recent logs": what it filters for is not to be there. Null: nothing says so. */
function absenceIn(title: string, command: string): string | null {
  const { a, b, c } = FILTERED.exec(command)?.groups ?? {}
  const words = a ?? b ?? c
  if (words === undefined || !/\b(?:no|not|none|never|without)\b/i.test(title)) return null
  return `!match(/${words.replaceAll('.', String.raw`\.`)}/i)`
}

interface CommandLine {
  text: string
  /** What stands above it. */
  comment: string | null
  line: number
}

/** With lines that go on joined, and without what a prompt and comments say. */
export function commandsIn({ text, line }: Fence): readonly CommandLine[] {
  const commands: CommandLine[] = []
  let comment: string | null = null
  let begun: { text: string; line: number } | null = null
  for (const [at, raw] of text.split('\n').entries()) {
    const words = raw.trim().replace(/^(?:\$|#(?= stella | docker | kubectl )) (?=\S)/, '')
    if (begun === null && (words === '' || words.startsWith('#'))) {
      comment = words === '' ? comment : words.replace(/^#+\s*/, '')
      continue
    }
    const whole: { text: string; line: number } =
      begun === null
        ? { text: words, line: line + 1 + at }
        : { ...begun, text: begun.text + (begun.text.endsWith('\n') ? raw : words) }
    if (whole.text.length <= MOST_COMMAND && whole.text.endsWith('\\')) {
      begun = { ...whole, text: `${whole.text.slice(0, -1).trimEnd()} ` }
      continue
    }
    if (isInQuote(whole.text)) {
      begun = { ...whole, text: `${whole.text}\n` }
      continue
    }
    begun = null
    commands.push({ ...whole, comment })
    comment = null
  }
  if (begun !== null) commands.push({ ...begun, comment })
  return commands
}

/** Whether a quote that begins in it goes on in the next line. */
function isInQuote(text: string): boolean {
  const read = readWords(text)
  return !read.ok && read.endsInQuote === true
}

/** By what is known of the commands; what nobody knows is for a person. */
function impliedKind(commands: readonly { text: string }[], phase: Phase): StepKind {
  const effects = commands.map(({ text }) => {
    const read = readWords(text)
    if (!read.ok) return 'unknown'
    return effectOfAll(read.pipeline.programs.map((words) => filled(words, new Map())))
  })
  if (effects.length === 0) return 'manual'
  if (effects.includes('changes')) return 'change'
  if (effects.includes('unknown')) return 'manual'
  if (!commands.every(({ text }) => endsByItself(text))) return 'manual'
  return phase === 'verification' ? 'assert' : 'check'
}

/** `size:json:.size layers:json:.manifest.layerCount`; null: it is none. */
function capturesIn(text: string): readonly Capture[] | null {
  const captures: Capture[] = []
  for (const piece of text.split(/\s+/).filter(Boolean)) {
    const match = /^([A-Za-z]\w{0,39}):(?:(text)|json:((?:\.[A-Za-z0-9_-]+)+))$/.exec(piece)
    if (match === null) return null
    const [, name = '', , path] = match
    captures.push({
      name,
      from:
        path === undefined ? { kind: 'text' } : { kind: 'json', path: path.slice(1).split('.') },
    })
  }
  return captures
}

function oneOf<Value extends string>(
  values: readonly Value[],
  text: string | undefined,
): Value | undefined {
  return values.find((each) => each === text)
}
