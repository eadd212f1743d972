/** The report of a run in Markdown. */
import type { CommandEnd } from '../run/event.ts'
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
    '## Steps',
    '',
    ...run.steps.flatMap(stepLines),
  ].join('\n')
}

function facts(run: ToldRun): readonly (readonly [string, string])[] {
  return [
    ['Run', code(run.run)],
    ['Runbook', `${code(run.runbook.id)} (${code(run.runbook.path)})`],
    ['Plan', code(run.plan)],
    ['By', `${plain(run.by)} on ${plain(run.host)}, stella ${plain(run.version)}`],
    ['Begun', run.begunAt],
    ['Ended', run.endedAt ?? 'not yet'],
    ...run.resumed.map(
      ({ at, by, host }) => ['Resumed', `${at} by ${plain(by)} on ${plain(host)}`] as const,
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
  'low-risk': 'changes of low risk',
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
  const text = `$ ${argv.map((words) => words.join(' ')).join(' | ')}\n${output.trimEnd()}`
  // Longer than any in it, so that it ends where it should.
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  const how = exit === null ? plain(says ?? 'it did not end') : `exit ${exit}`
  return [`${fence}text`, text, fence, '', `${how}, ${ms} ms`, '']
}

/** A text that stands for itself, whatever is in it. */
function plain(text: string): string {
  return text
    .replaceAll(/[!#&*<>@[\\\]_`|~]/g, (sign) => `\\${sign}`)
    .replaceAll(/\s+/g, ' ')
    .replace(/^(?=[-+=])|^(\d+)(?=[.)])/, '$1\\')
}

function code(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|')
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([ticks]) => ticks.length))
  const ticks = '`'.repeat(longest + 1)
  return longest === 0 ? `${ticks}${line}${ticks}` : `${ticks} ${line} ${ticks}`
}
