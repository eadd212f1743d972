/**
 * Which memory mistakes each linter finds: `node bench/audit/find.ts [MISTAKES]`, of as many, or all.
 * Each mistake of `corpus/` is sown into a file that is right. All linters judge both; what one says of memory in the wrong file
 * and not in the right one is a find, wherever it points. Of stella the rule and the line are held against the label, too, and
 * it has to be silent about the right files. `node bench/audit/peers.ts` installs the others.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { audit, type Finding } from '../../src/audit/engine.ts'
import { pairs, type Pair } from './corpus/index.ts'
import { peer } from './peers.ts'

/** What a linter says of one file, a line each, as far as it is about memory. */
type Judge = (path: string) => readonly string[]

interface Files {
  wrong: string
  right: string
}

const folder = mkdtempSync(join(tmpdir(), 'stella-find-'))

function report(all: readonly Pair[]): void {
  const files = all.map(written)
  const others = judges().map(({ name, judge }) => ({
    name,
    found: files.map(({ wrong, right }) => {
      const known = new Set(judge(right))
      return judge(wrong).some((line) => !known.has(line))
    }),
  }))
  const own = all.map(scored)
  const names = ['stella', ...others.map(({ name }) => name)]
  printTable(
    ['rule', 'mistake', 'file', ...names],
    all.map(({ seed }, index) => [
      seed.rule,
      seed.says,
      seed.base,
      own[index] ?? NOT_FOUND,
      ...others.map(({ found }) => (found[index] === true ? EXACT : NOT_FOUND)),
    ]),
  )
  const found = [own.map((mark) => mark !== NOT_FOUND), ...others.map((other) => other.found)]
  printTable(
    ['family', 'mistakes', ...names],
    FAMILIES.map(({ letters, name }) => {
      const mine = all.flatMap(({ seed }, index) =>
        letters.includes(seed.rule.charAt(0)) ? [index] : [],
      )
      const counts = found.map((marks) => mine.filter((index) => marks[index] === true).length)
      return [name, ...[mine.length, ...counts].map(String)]
    }),
  )
  const count = (marks: readonly string[]): number =>
    own.filter((mark) => marks.includes(mark)).length
  const alarms = new Set(all.filter((pair) => judged(pair, pair.correct).length > 0))
  const told = [
    `stella found ${count([EXACT, OTHER_LINE, OTHER_RULE])}`,
    `${count([EXACT, OTHER_LINE])} of them by the very rule`,
    `${count([EXACT])} at the very line`,
    ...others.map(({ name, found: marks }) => `${name} found ${marks.filter(Boolean).length}`),
    `${alarms.size} of the right files alarmed stella`,
  ]
  process.stdout.write(`${all.length} mistakes: ${told.join(', ')}\n`)
  process.exitCode = alarms.size === 0 ? 0 : 1
}

const FAMILIES: readonly { letters: string; name: string }[] = [
  { letters: 'K', name: 'Kubernetes' },
  { letters: 'C', name: 'Compose' },
  { letters: 'J', name: 'Java' },
  { letters: 'N', name: 'Node.js' },
  { letters: 'GD', name: 'Go and .NET' },
  { letters: 'P', name: 'worker pools' },
  { letters: 'B', name: 'databases and brokers' },
]

function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`)
  process.stdout.write(`${lines.join('')}\n`)
}

const EXACT = 'yes'
const OTHER_LINE = 'on another line'
const OTHER_RULE = 'by another rule'
const NOT_FOUND = '–'

function scored(pair: Pair): string {
  const { seed, wrong } = pair
  const findings = judged(pair, wrong.text)
  const own = findings.filter(({ rule }) => rule.id === seed.rule)
  const isThere = own.some(({ line }) => line >= wrong.firstLine && line <= wrong.lastLine)
  if (isThere) return EXACT
  return own.length > 0 ? OTHER_LINE : findings.length > 0 ? OTHER_RULE : NOT_FOUND
}

function judged({ seed }: Pair, text: string): readonly Finding[] {
  const file = { path: basename(seed.base), text }
  return audit([{ file, variables: new Map(), isNamed: true }]).findings
}

/** Both files under the same name, each below a folder of its own. */
function written({ seed, correct, wrong }: Pair, index: number): Files {
  const write = (kind: string, text: string): string => {
    const path = join(folder, `${index}-${kind}`, seed.base)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
    return path
  }
  return { wrong: write('wrong', wrong.text), right: write('right', correct) }
}

function judges(): { name: string; judge: Judge }[] {
  const score = peer('kube-score')
  const compose = peer('dclint')
  const checkov = peer('checkov')
  return [
    ...(score === null ? [] : [{ name: 'kube-score', judge: kubeScore(score) }]),
    ...(checkov === null ? [] : [{ name: 'checkov', judge: checkovOf(checkov) }]),
    ...(compose === null ? [] : [{ name: 'dclint', judge: dclint(compose) }]),
  ]
}

const IS_MEMORY = /memory|\bmem_|memswap|oom|swap|shm|tmpfs|heap/i

function kubeScore(program: string): Judge {
  return (path) =>
    path.includes('/kubernetes/')
      ? linesOf(program, ['score', '--output-format', 'ci', path]).filter(
          (line) => /^\[(?:CRITICAL|WARNING)\]/.test(line) && IS_MEMORY.test(line),
        )
      : []
}

/** Where its rules are about the order of keys, they say nothing of memory. */
function dclint(program: string): Judge {
  return (path) =>
    path.includes('/compose/')
      ? linesOf(program, ['--formatter', 'stylish', '--color', 'false', path])
          .filter((line) => IS_MEMORY.test(line) && !/order|alphabetical/i.test(line))
          .map((line) => line.replace(/^\D*\d+:\d+/, ''))
      : []
}

/** All files in one run, for it takes seconds to start. */
function checkovOf(program: string): Judge {
  const args = [
    '--directory',
    folder,
    '--compact',
    '--quiet',
    '--skip-download',
    '--output',
    'json',
  ]
  const frameworks = ['--framework', 'kubernetes', 'dockerfile']
  const { stdout } = spawnSync(program, [...args, ...frameworks], {
    encoding: 'utf8',
    maxBuffer: 1024 ** 3,
  })
  const told: unknown = JSON.parse(stdout)
  const failed = (Array.isArray(told) ? told : [told]).flatMap(failedChecks)
  return (path) => failed.filter(({ file }) => path.endsWith(file)).map(({ says }) => says)
}

function failedChecks(told: unknown): { file: string; says: string }[] {
  const failed = field(field(told, 'results'), 'failed_checks')
  return (Array.isArray(failed) ? failed : []).flatMap((check: unknown) => {
    const name = String(field(check, 'check_name'))
    const says = `${String(field(check, 'check_id'))} ${String(field(check, 'resource'))}`
    return IS_MEMORY.test(name) ? [{ file: String(field(check, 'file_path')), says }] : []
  })
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : null
}

function linesOf(program: string, args: readonly string[]): string[] {
  const { stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', cwd: folder })
  return `${stdout}${stderr}`.split('\n')
}

try {
  report(pairs().slice(0, Number(process.argv[2] ?? Infinity)))
} finally {
  rmSync(folder, { recursive: true })
}
