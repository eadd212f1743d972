/** The report of a run in Markdown. */
import { printable, printableLines } from '../../report/printable.ts'
import type { Value } from '../condition/condition.ts'
import type { CommandEnd } from '../run/event.ts'
import type { Moment } from './timeline.ts'
import type { ToldChange } from './told-changes.ts'
import type { ToldRun, ToldStep } from './told-run.ts'

export function markdownReport(run: ToldRun): string {
  return [
    `# ${plain(run.runbook.title)}`,
    '',
    ...(run.broken === null
      ? []
      : [
          `**The journal of this run was changed after it was written: line ${run.broken.line}, ${plain(run.broken.says)}. What follows that line is left out.**`,
          '',
        ]),
    `**${run.verdict ?? 'not ended'}**${run.why === null ? '' : `: ${plain(run.why)}`}`,
    ...(run.waits === null
      ? []
      : ['', `Waits at ${code(run.waits.step)}: ${plain(run.waits.why)}`]),
    '',
    '| | |',
    '|---|---|',
    ...facts(run).map(([name, value]) => `| ${name} | ${value} |`),
    '',
    ...approvals(run),
    ...changes(run),
    ...comparison(run),
    '## Steps',
    '',
    ...run.steps.flatMap(stepLines),
    '## Timeline',
    '',
    ...run.timeline.map(momentLine),
    '',
  ].join('\n')
}

function facts(run: ToldRun): readonly (readonly [string, string])[] {
  return [
    ['Run', code(run.run)],
    ['Runbook', `${code(run.runbook.id)} (${code(run.runbook.path)})`],
    ['Plan', code(run.plan)],
    ['By', `${plain(run.by)} on ${plain(run.host)}, stella ${plain(run.version)}`],
    ['Begun', run.begunAt],
    ...(run.reason === null ? [] : [['Reason', plain(run.reason)] as const]),
    ['Ended', run.endedAt ?? 'not yet'],
    ...run.resumed.map(
      ({ at, by, host, reason }) =>
        ['Resumed', `${at} by ${plain(by)} on ${plain(host)}${because(reason)}`] as const,
    ),
    ...Object.entries(run.params).map(([name, value]) => [plain(name), code(value)] as const),
  ]
}

function approvals({ approvals: given }: ToldRun): readonly string[] {
  if (given.length === 0) return []
  return [
    '## Approvals',
    '',
    ...given.map(({ at, by, how, steps }) => {
      const what = steps === null ? 'the whole plan' : steps.map(code).join(', ')
      return `- ${at} ${plain(by)}: ${what} (${HOW[how] ?? plain(how)})`
    }),
    '',
  ]
}

const HOW: Readonly<Record<string, string>> = {
  hash: 'by the hash of the plan',
  terminal: 'at the terminal',
  http: 'one by one, over HTTP',
  'low-risk': 'changes of low risk',
}

function changes({ changes: made }: ToldRun): readonly string[] {
  return made.length === 0 ? [] : ['## Changes', '', ...made.flatMap(changeLines)]
}

function changeLines(change: ToldChange): readonly string[] {
  const { step, title, run, begunAt, endedAt, approvedBy, reason, undo, values } = change
  return [
    `### ${plain(title)}`,
    '',
    `- ${code(step)}, ${begunAt} to ${endedAt ?? 'an end that nobody has seen'}`,
    ...run.split('\n').map((command) => `- Run: ${code(command)}`),
    ...values.map(({ name, before, after }) => `- ${code(name)}: ${told(before)} → ${told(after)}`),
    `- Approved by: ${approvedBy.length === 0 ? 'nobody' : approvedBy.map(plain).join(', ')}`,
    ...(reason === null ? [] : [`- Reason: ${plain(reason)}`]),
    `- Taken back with: ${undo === null ? 'nothing that is known' : code(undo)}`,
    '',
  ]
}

function comparison({ compared }: ToldRun): readonly string[] {
  if (compared.length === 0) return []
  return [
    '## Before and after',
    '',
    '| what | before | after | difference |',
    '|---|---|---|---|',
    ...compared.map(({ name, before, after }) => {
      const isNumber = typeof before === 'number' && typeof after === 'number'
      const difference = isNumber ? signed(after - before) : before === after ? 'none' : ''
      return `| ${code(name)} | ${told(before)} | ${told(after)} | ${difference} |`
    }),
    '',
  ]
}

function signed(difference: number): string {
  // Sums of decimals have a tail that nobody wrote.
  const short = Number(difference.toPrecision(12))
  return short > 0 ? `+${short}` : String(short)
}

function told(value: Value): string {
  return code(String(value))
}

function momentLine({ at, step, by, what }: Moment): string {
  const who = [by === null ? '' : plain(by), step === null ? '' : code(step)]
  return `- ${at} ${who.filter((each) => each !== '').join(', ')} ${plain(what)}`
}

function because(reason: string | null): string {
  return reason === null ? '' : `: ${plain(reason)}`
}

function stepLines(step: ToldStep): readonly string[] {
  const title = step.title.replaceAll(/\s+/g, ' ')
  return [
    `### ${step.state}: ${plain(title)}`,
    '',
    `${code(step.id)}, ${step.kind}${step.endedAt === null ? '' : `, ended ${step.endedAt}`}${step.attempts > 1 ? `, ${step.attempts} attempts` : ''}`,
    '',
    ...(step.why === null ? [] : [plain(step.why), '']),
    ...Object.entries(step.captures).map(
      ([name, value]) => `- ${code(name)}: ${code(String(value))}`,
    ),
    ...(Object.keys(step.captures).length === 0 ? [] : ['']),
    ...step.commands.flatMap(commandLines),
    ...(step.undoing === null
      ? []
      : [
          `${step.undoing.isDone ? 'Taken back' : 'Not taken back'} ${step.undoing.at}${step.undoing.why === null ? '' : `: ${plain(step.undoing.why)}`}`,
          '',
          ...(step.undoing.command === null ? [] : commandLines(step.undoing.command)),
        ]),
  ]
}

function commandLines({ argv, exit, says, output, ms }: CommandEnd): readonly string[] {
  const whole = `$ ${argv.map((words) => words.join(' ')).join(' | ')}\n${output.trimEnd()}`
  const text = printableLines(whole).join('\n')
  // Longer than any in it, so that it ends where it should.
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  const how = exit === null ? plain(says ?? 'it did not end') : `exit ${exit}`
  return [`${fence}text`, text, fence, '', `${how}, ${ms} ms`, '']
}

/** A text that stands for itself, whatever is in it. */
function plain(text: string): string {
  return printable(text.replaceAll(/\s+/g, ' '))
    .replaceAll(/[!#&*<>@[\\\]_`|~]/g, (sign) => `\\${sign}`)
    .replace(/^(?=[-+=])|^(\d+)(?=[.)])/, '$1\\')
}

function code(text: string): string {
  const line = printable(text.replaceAll(/\s+/g, ' ')).replaceAll('|', '\\|')
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([ticks]) => ticks.length))
  const ticks = '`'.repeat(longest + 1)
  return longest === 0 ? `${ticks}${line}${ticks}` : `${ticks} ${line} ${ticks}`
}
