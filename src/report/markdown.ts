import type { Case, CaseEvidence, Remedy } from '../model/case.ts'
import type { ProcessMemory } from '../model/memory.ts'
import { REPORT_MARK } from '../parsers/bundle/index.ts'
import { commandsFor } from './commands-for.ts'
import type { DiedBeside } from './died-beside.ts'
import { binInWords, lifetimesOf, livesInWords } from './lives.ts'
import { memoryNotes } from './memory-notes.ts'
import { mermaidPath } from './mermaid.ts'
import { printable, printableLines } from './printable.ts'
import { sizeWithBytes } from './size.ts'
import { localTime, timeOfCase, withLocalTimes } from './time.ts'
import { bindingWords, references, subjectWords, VERDICT_WORDS } from './words.ts'

/**
 * Cases as a report for a ticket, one chapter each. Redacted cases only.
 * It begins with a mark by which it is known again, so that a report beside the evidence is not taken for a log.
 */
export function markdownReport(
  cases: readonly Case[],
  unknown: readonly string[],
  besideOf: (found: Case) => readonly DiedBeside[] = () => [],
): string {
  if (cases.length === 0) {
    return document([
      '# Nothing to judge',
      'The evidence shows no kill, no exit and no memory trouble; that is no proof that there was none.',
      ...chapter('## Not known', bullets(unknown)),
    ])
  }
  return document(cases.flatMap((found) => caseBlocks(found, besideOf(found))))
}

function caseBlocks(found: Case, beside: readonly DiedBeside[]): string[] {
  const { verdict } = found
  return [
    `# ${VERDICT_WORDS[verdict.code]}: ${escaped(subjectWords(found.subject))}`,
    `**${escaped(verdict.summary)}**`,
    table(
      ['', ''],
      [
        ['Verdict', `${code(verdict.code)}, ${verdict.confidence}${references(verdict.because)}`],
        ['Speaks against it', verdict.against.join(', ') || 'nothing'],
        ['When', timeOfCase(found)],
        ...bindingWords(found.binding).map(([label, value]) => [label, escaped(value)]),
        ['Image', found.subject.image === null ? 'not known' : code(found.subject.image)],
        ['Main process died', yesNo(verdict.mainProcessDied)],
        ['Case', code(found.id)],
      ],
    ),
    ...chapter('## Victims', [
      ...processTable(found.victims),
      ...bullets(memoryNotes(found).map(escaped)),
    ]),
    ...chapter(
      '## Died in this pod, too',
      beside.map(
        ({ container, verdict, at, command }) =>
          `- ${escaped(container)}: ${code(verdict)}, ${localTime(at)}; ${code(command)}`,
      ),
    ),
    ...chapter('## Its lives', lives(found)),
    ...chapter('## Why it grew', causes(found)),
    ...chapter(
      '## What to do',
      found.remedies.flatMap((remedy) => remedyBlocks(found, remedy)),
    ),
    ...chapter('## How the verdict was reached', mermaidPath(found.path)),
    ...chapter('## Evidence', found.evidence.flatMap(evidenceBlocks)),
    ...chapter('## What happened when', timeline(found)),
    ...chapter('## Processes at that moment', processTable(found.processes)),
    ...chapter(
      '## Ruled out',
      bullets(found.ruledOut.map((entry) => `${entry.code}${references(entry.because)}`)),
    ),
    ...chapter('## Not known', bullets(found.unknown)),
  ]
}

function document(blocks: readonly string[]): string {
  return `${[REPORT_MARK, ...blocks].join('\n\n')}\n`
}

function chapter(title: string, blocks: readonly string[]): string[] {
  return blocks.length === 0 ? [] : [title, ...blocks]
}

function bullets(texts: readonly string[]): string[] {
  return texts.length === 0
    ? []
    : [texts.map((text) => `- ${escaped(withLocalTimes(text))}`).join('\n')]
}

function lives({ lives: told }: Case): string[] {
  const lifetimes = told === null ? null : lifetimesOf(told)
  if (told === null || lifetimes === null) return []
  const rows = lifetimes.bins.map((bin) => [binInWords(bin), String(bin.count)])
  return [escaped(livesInWords(told)), table(['Length', 'Lives'], rows)]
}

function causes(found: Case): string[] {
  const lines = found.causes.map(
    (cause, at) =>
      `${at + 1}. ${code(cause.code)} (${cause.confidence}): ${escaped(cause.summary)}${references(cause.because)}`,
  )
  return lines.length === 0 ? [] : [lines.join('\n')]
}

function remedyBlocks(found: Case, remedy: Remedy): string[] {
  const undo = remedy.reversible ? 'can be undone' : 'cannot be undone'
  return [
    `### ${escaped(remedy.title)}`,
    `Layer: ${remedy.layer}. Risk: ${remedy.risk}. It ${undo}.`,
    ...commandsFor(found.subject.platform, remedy).flatMap((command) => [
      `For ${command.for}:`,
      fenced(command.run, languageOf(command.run)),
    ]),
  ]
}

/** A manifest or a shell command. */
function languageOf(run: string): string {
  return /^\w[\w-]*:(?:\s|$)/.test(run) ? 'yaml' : 'sh'
}

function evidenceBlocks(seen: CaseEvidence): string[] {
  return [
    `**${escaped(seen.id)}** ${escaped(withLocalTimes(seen.says))}  \n${seen.source}, ${code(seen.from)}, ${localTime(seen.at)}`,
    fenced(seen.excerpt, 'text'),
  ]
}

function timeline(found: Case): string[] {
  if (found.timeline.length === 0) return []
  const rows = found.timeline.map((step) => [localTime(step.at), escaped(step.what), step.evidence])
  return [table(['Time', 'What', 'Evidence'], rows)]
}

function processTable(processes: readonly ProcessMemory[]): string[] {
  if (processes.length === 0) return []
  const head = [
    'PID',
    'Name',
    'Resident',
    'Anonymous',
    'File',
    'Shared',
    'Swap',
    'oom_score_adj',
    'Badness',
  ]
  const rows = processes.map((process) => [
    String(process.pid),
    code(process.name),
    sizeWithBytes(process.rssBytes),
    sizeWithBytes(process.anonRssBytes),
    sizeWithBytes(process.fileRssBytes),
    sizeWithBytes(process.shmemRssBytes),
    sizeWithBytes(process.swapBytes),
    String(process.oomScoreAdj ?? 'not known'),
    String(process.badness ?? 'not known'),
  ])
  return [table(head, rows)]
}

function yesNo(value: boolean | null): string {
  return value === null ? 'not known' : value ? 'yes' : 'no, a child was killed and it lives on'
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/** Text that shows as itself: nothing in it is a mark, a tag, a link or the end of a table cell. */
function escaped(text: string): string {
  return printable(text)
    .replace(/[\\`*_[\]{}<>|~#]/g, '\\$&')
    .replace(/&(?=#?\w+;)/g, '&amp;')
}

/** Code in a line, in more backticks than it holds in a row. A pipe would end a table cell even here. */
function code(text: string): string {
  const safe = printable(text).replaceAll('|', '\\|')
  const ticks = '`'.repeat(longestRun(safe) + 1)
  const space = safe.startsWith('`') || safe.endsWith('`') || safe === '' ? ' ' : ''
  return `${ticks}${space}${safe}${space}${ticks}`
}

/** A block whose fence is longer than any run of backticks in it, so that nothing inside can end it. */
export function fenced(content: string, language: string): string {
  const lines = printableLines(content.replace(/(?<!\n)\n+$/, ''))
  const ticks = '`'.repeat(Math.max(3, longestRun(lines.join('\n')) + 1))
  return [`${ticks}${language}`, ...lines, ticks].join('\n')
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
}
