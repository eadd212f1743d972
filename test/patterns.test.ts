/** What comes from outside may be of any length: a pattern takes as long as its text is, and no longer. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAst } from 'rolldown/parseAst'
import { analyse } from 'scslre'
import { expect, test } from 'vitest'
import { REPO } from '../scripts/lib/repo.ts'

interface Pattern {
  pattern: string
  flags: string
}

test('every pattern that is written in the sources takes as long as its text is, whatever the text', () => {
  const slow = sources().flatMap((file) =>
    patternsIn(readFileSync(join(REPO, file), 'utf8'), file).flatMap((pattern) => {
      const said = whySlow(pattern)
      return said === null ? [] : [`${file}: /${pattern.pattern}/${pattern.flags} ${said}`]
    }),
  )
  expect(slow).toEqual([])
})

test.each([
  [String.raw`const empty = /^(?:\s*\n)*x/`, String.raw`doubles its time with each more of \n`],
  [String.raw`const last = /^x.*?(\S+)$/`, String.raw`is slow where there are many of \S`],
  [String.raw`text.replace(/\/+$/, '')`, String.raw`is slow where there are many of \/`],
])('%s: %s', (code, says) => {
  expect(patternsIn(code, 'a.ts').map(whySlow)).toEqual([says])
})

function sources(): string[] {
  return globSync(['src/**/*.ts', 'guard/src/**/*.ts', 'web/**/*.{ts,tsx}'], {
    cwd: REPO,
    exclude: ['**/*.test.*', '**/node_modules/**'],
  })
}

/** All that are literals. */
function patternsIn(code: string, file: string): Pattern[] {
  const found: Pattern[] = []
  const lang = file.endsWith('x') ? 'tsx' : 'ts'
  visit(parseAst(code, { lang }, file), (node) => {
    if ('regex' in node && isPattern(node.regex)) found.push(node.regex)
  })
  return found
}

function visit(node: object, each: (node: object) => void): void {
  each(node)
  for (const below of Object.values(node)) {
    if (typeof below === 'object' && below !== null) visit(below, each)
  }
}

function isPattern(value: unknown): value is { pattern: string; flags: string } {
  return typeof value === 'object' && value !== null && 'pattern' in value && 'flags' in value
}

/** Null: it takes as long as its text is. */
function whySlow({ pattern, flags }: Pattern): string | null {
  const { reports } = analyse(new RegExp(pattern, flags), {
    maxReports: 1,
    assumeRejectingSuffix: false,
    // Where it begins is said by whoever calls it.
    reportTypes: { Move: !flags.includes('y') },
  })
  const [worst] = reports
  if (worst === undefined) return null
  const { source } = worst.character.literal
  return `${worst.exponential ? 'doubles its time with each more of' : 'is slow where there are many of'} ${source}`
}
