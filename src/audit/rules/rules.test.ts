import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, test } from 'vitest'
import { positionOf } from '../documents/place.ts'
import { audit, UNKNOWN_HOST, type Finding } from '../engine.ts'
import type { Example, Rule } from '../rule.ts'
import { spliced } from '../splice.ts'
import { MARK, plainExample } from './examples.ts'
import { RULES, USUAL_RULES } from './index.ts'

/** What the rules that speak unasked find, and this one. */
function findingsIn(example: Example, asked: Rule): readonly Finding[] {
  const { path, text, host } = plainExample(example)
  const { findings, problems } = audit(
    [{ file: { path, text }, variables: new Map(), isNamed: true }],
    { ...UNKNOWN_HOST, ...host },
    [...new Set([...USUAL_RULES, asked])],
  )
  expect(problems.map(({ what }) => what)).toEqual([])
  return findings
}

const found = (findings: readonly Finding[]): string[] =>
  findings.map(({ rule, line, column, message }) => `${rule.id} ${line}:${column} ${message}`)

function markOf({ path, text }: Example): string {
  const start = text.indexOf(MARK)
  const { line, column } = positionOf({ file: { path, text }, start, end: start + 1 })
  return `${line}:${column}`
}

describe.each(RULES)('$id $title', (rule) => {
  it('finds its bad example, at the place that is marked, and nothing else in it', () => {
    const findings = findingsIn(rule.examples.bad, rule)
    expect(rule.examples.bad.text).toContain(MARK)
    expect(found(findings).map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      `${rule.id} ${markOf(rule.examples.bad)}`,
    ])
  })

  it('finds nothing in its good example, and no other rule does', () => {
    expect(found(findingsIn(rule.examples.good, rule))).toEqual([])
  })

  it('leaves nothing to be found where it can mend it, and changes nothing more', () => {
    const findings = findingsIn(rule.examples.bad, rule)
    for (const { text } of spliced(findings)) {
      const again = findingsIn({ ...rule.examples.bad, text }, rule)
      expect(found(again)).toEqual([])
      expect(spliced(again)).toEqual([])
    }
  })
})

test('what can be mended safely is mended', () => {
  const fixable = RULES.filter((rule) =>
    findingsIn(rule.examples.bad, rule).some(({ edits }) => edits.length > 0),
  )
  expect(fixable.map(({ id }) => id).join(' ')).toBe(
    'K01 K03 K04 C02 C04 C10 C16 J05 J08 J09 N01 N02 G02 G04 D01 D02 S01 S02 S06',
  )
})

test('what is true of most correct files is silent unless it is asked for', () => {
  const optional = RULES.filter((rule) => !USUAL_RULES.includes(rule))
  expect(optional.map(({ id }) => id).join(' ')).toBe('K34 C03 J12 J13 J15 J18 J19 J20 P03 P05')
  for (const { examples } of optional) {
    const { path, text } = plainExample(examples.bad)
    const input = { file: { path, text }, variables: new Map(), isNamed: true }
    expect(audit([input]).findings).toEqual([])
  }
})

test('every rule of the folder is in the list, once, and every id too', () => {
  const folder = fileURLToPath(new URL('.', import.meta.url))
  const ids = globSync('*/*.ts', { cwd: folder }).flatMap(
    (path) => /: Rule = \{\n\s+id: '(\w+)'/.exec(readFileSync(folder + path, 'utf8'))?.[1] ?? [],
  )
  expect(RULES.map(({ id }) => id).toSorted()).toEqual(ids.toSorted())
  expect(new Set(ids).size).toBe(ids.length)
})
