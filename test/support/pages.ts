import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { REPO } from '../../scripts/lib/repo.ts'

/** A piece of a page between two lines of ```. */
export interface Fence {
  /** First word behind the opening line: `sh` is carried out by tests. */
  language: string
  lines: readonly string[]
}

/** A command of a page, with what the page shows of its output right below. */
export interface ShownCommand {
  path: string
  command: string
  /** Lines of the output, or their beginnings where they end with `…`. */
  output: readonly string[]
  exitCode: number
}

/** Every page of this repository that people read, by its path in it; files of packages in fixtures are others' words. */
export function pagePaths(): string[] {
  return globSync(
    [
      '*.md',
      '{docs,runbooks,labs,deploy,bench,scripts}/**/*.md',
      'guard/*.md',
      'fixtures/{guest,kubernetes,mesos,schemas,purl}/**/README.md',
    ],
    { cwd: REPO },
  ).toSorted()
}

export function pageText(path: string): string {
  return readFileSync(join(REPO, path), 'utf8')
}

export function fencesOf(text: string): Fence[] {
  return [...text.matchAll(/^```(\S*)[^\n]*\n([^]*?)^```$/gm)].map(
    ([, language = '', body = '']) => ({ language, lines: body.trimEnd().split('\n') }),
  )
}

/** Commands that give the same answer everywhere, so that what is shown below them can be held against the truth. */
export function shownCommands(path: string): ShownCommand[] {
  const fences = fencesOf(pageText(path))
  return fences.flatMap((fence, place) => {
    const [command, ...more] = fence.lines
    if (fence.language !== 'sh' || command === undefined || more.length > 0) return []
    if (!/^stella (?:.* fixtures\/|simulate |audit --explain )/.test(command)) return []
    const next = fences[place + 1]
    const lines = next?.language === 'text' ? next.lines : []
    const [, exitCode = '0'] = /^\(exit code (\d+)\)$/.exec(lines.at(-1) ?? '') ?? []
    return [
      {
        path,
        command,
        output: lines.filter(isShown),
        exitCode: Number(exitCode),
      },
    ]
  })
}

/** The first shown line that the output does not have behind the ones before it; null: it has them all. */
export function notInOutput(shown: readonly string[], output: string): string | null {
  const left = output.split('\n')
  for (const line of shown) {
    const start = line.endsWith('…') ? line.slice(0, -1) : null
    const at = left.findIndex((said) => said === line || (start !== null && said.startsWith(start)))
    if (at === -1) return line
    left.splice(0, at + 1)
  }
  return null
}

/**
 * Commands in the order of the page, from its fences of `sh` and `console`, with the lines of output that it shows for each: in
 * the fence itself, or in one of `text` right below.
 */
export function commandsOf(text: string): { command: string; output: string[] }[] {
  const commands: { command: string; output: string[] }[] = []
  for (const { language, lines } of fencesOf(text)) {
    for (const line of lines) {
      if (language === 'sh') commands.push({ command: line, output: [] })
      else if (language === 'console' && line.startsWith('$ ')) {
        commands.push({ command: line.slice(2), output: [] })
      } else if (isShown(line)) commands.at(-1)?.output.push(line)
    }
  }
  return commands
}

/** A line of the output itself; others stand for what is left out, or name the exit code. */
function isShown(line: string): boolean {
  return !/^\s*(?:…|\(exit code \d+\))?$/.test(line)
}
