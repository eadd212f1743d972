import { describe, expect, it } from 'vitest'
import { anchorsIn } from '../document/anchors.ts'
import { readRunbook } from '../document/read-runbook.ts'
import type { Finding, Surroundings } from './finding.ts'
import { lint, RULES, UNREADABLE } from './lint.ts'

const NOW = Date.UTC(2026, 10, 22)
const HEAD = `---
schema: 1
id: cart
title: The cart
component: cart
severity: high
owner: shop
updated: 2026-11-01
---

# The cart

## Quick checks

How is it?

\`\`\`bash {id=look, kind=check, timeout=10s, capture="depth:json:.depth"}
stella scanner queue status --json
\`\`\`
`

function findings(text: string, around: Partial<Surroundings> = {}): readonly Finding[] {
  const usual: Surroundings = {
    text,
    now: NOW,
    lastGoodRun: null,
    exists: (path) => path === 'other.md',
    anchorsOf: () => anchorsIn('# Other\n\n## What to do\n'),
  }
  return lint(readRunbook(text, 'a.md'), { ...usual, ...around })
}

function step(attributes: string, command: string, under = 'Immediate mitigation'): string {
  return `${HEAD}\n## ${under}\n\nDo it.\n\n\`\`\`bash {id=it, ${attributes}}\n${command}\n\`\`\`\n`
}
const VERIFIED = `
## Verification

Is it well?

\`\`\`bash {id=well, kind=assert}
stella scanner status
\`\`\`
`
const RAISE = 'stella scanner config set worker.memory_limit 8Gi'

/** Of each rule, what it finds: the document, the line, and words of what is said. */
const FOUND: readonly (readonly [rule: string, text: string, line: number, says: string])[] = [
  ['about', HEAD.replace('component: cart\n', ''), 1, 'its component'],
  ['about', HEAD.replace('severity: high\n', ''), 1, 'its severity'],
  ['about', HEAD.replace('owner: shop\n', ''), 1, 'its owner'],
  ['about', HEAD.replace('updated: 2026-11-01\n', ''), 1, 'its updated'],
  ['about', '# Nothing\n', 1, 'no step that could be run'],
  ['cases', HEAD.replace('owner:', 'cases: [verdict == nothing]\nowner:'), 1, "never 'nothing'"],
  ['condition', step('kind=check, problemIf="a >"', 'stella doctor'), 25, 'missing at the end'],
  ['condition', step('kind=check, when="size > 5"', 'stella doctor'), 25, "asks for 'size'"],
  ['refused', step('kind=check', 'docker rm -f web'), 25, "'it' would not be run"],
  ['endless', step('kind=check', 'docker stats'), 25, 'does not end by itself'],
  ['no-explanation', HEAD.replace('How is it?', ''), 17, "what 'look' is for"],
  ['dead-link', `${HEAD}\n[a](gone.md)\n`, 21, 'leads to gone.md'],
  ['dead-link', `${HEAD}\n[a](other.md#none)\n`, 21, '#none, which other.md does not have'],
  ['dead-link', `${HEAD}\n[a](#none)\n`, 21, '#none, which this document'],
  ['dead-link', `${HEAD}\nAs told elsewhere [7].\n`, 21, 'the citation [7]'],
  ['param', HEAD.replace('---\n\n#', 'params: { pool: { type: pool } }\n---\n\n#'), 1, "'pool'"],
  ['param', step('kind=check', 'docker inspect ${web}'), 25, "'it' needs 'web'"],
  ['quick-check', HEAD.replace(' timeout=10s,', ''), 17, 'how long it may take'],
  [
    'quick-check',
    step('kind=change, risk=low', RAISE, 'First look') + VERIFIED,
    25,
    'among the quick checks',
  ],
  ['stale', HEAD.replace('2026-11-01', '2026-01-17'), 1, '309 days'],
  ['stale', HEAD.replace('2026-11-01', '2027-01-17'), 1, 'still to come'],
  ['stale', HEAD.replace('2026-11-01', 'lately'), 1, 'is no date'],
  ['no-undo', step('kind=change', RAISE) + VERIFIED, 25, 'how it is taken back'],
  ['unknown-field', HEAD.replace('owner:', 'alert: A\nowner:'), 7, "the field 'alert'"],
  [
    'no-verification',
    step('kind=change, undo="stella doctor"', RAISE),
    25,
    'no step shows that it helped',
  ],
  [
    'window-before-change',
    step('kind=assert', 'stella scanner logs --last 1h'),
    25,
    'before the change',
  ],
  ['unreadable', step('kind=check', 'stella doctor').replace(/```\n$/, ''), 25, 'does not end'],
  ['unreadable', step('kind=check, tiemout=5s', 'stella doctor'), 25, "did you mean 'timeout'?"],
  ['unreadable', step('kind=change, risk=hgih', RAISE) + VERIFIED, 25, 'risk is one of'],
  ['unreadable', step('kind=change, approve=two', RAISE) + VERIFIED, 25, 'a number up to 9'],
  ['unreadable', step('kind=assert, since=begin', 'stella doctor'), 25, "since is 'change'"],
  [
    'unreadable',
    step('kind=check', 'stella doctor').replace('id=it', 'id=look'),
    25,
    'two steps are called',
  ],
  ['unreadable', HEAD.replace('severity: high', 'severity: urgent'), 6, 'severity'],
  ['unreadable', HEAD.replace('owner: shop', 'owner: [shop'), 8, 'the front matter'],
]

describe('lint', () => {
  it('finds nothing wrong in a good one', () => {
    const good = `${HEAD}\n[a](other.md#what-to-do), [b](#the-cart), [c](https://example.org/#x)\n`
    expect(findings(good)).toEqual([])
    expect(findings(step('kind=change, undo="stella doctor"', RAISE) + VERIFIED)).toEqual([])
  })

  it.each(FOUND)('%s: %#', (rule, text, line, says) => {
    const found = findings(text).filter((each) => each.rule === rule)
    expect(found).toContainEqual(
      expect.objectContaining({ line, says: expect.stringContaining(says) }),
    )
    // What is right is found by no other name.
    const others = findings(text).filter(({ isError }) => isError)
    expect(others.every((each) => each.rule === rule)).toBe(true)
  })

  it('has a test for each rule', () => {
    const tested = new Set(FOUND.map(([rule]) => rule))
    expect([...RULES, UNREADABLE].map(({ id }) => id).filter((id) => !tested.has(id))).toEqual([])
  })

  it('says what may have been meant', () => {
    const text = HEAD.replace('owner:', 'alert: A\nowner:')
    expect(findings(text)).toEqual([expect.objectContaining({ todo: "did you mean 'alerts'?" })])
  })

  it('takes a run that ended well as somebody who looked at it', () => {
    const text = HEAD.replace('2026-11-01', '2026-01-17')
    expect(findings(text, { lastGoodRun: NOW - 86_400_000 })).toEqual([])
    expect(findings(text, { lastGoodRun: Date.UTC(2026, 2, 1) })).toHaveLength(1)
  })

  it('leaves fields and parameters of documents alone that were not written for it', () => {
    const text =
      '---\nlayout: page\n---\n# A\n\n## Diagnosis\n\nLook:\n\n```bash\ndocker logs <name>\n```\n'
    expect(findings(text).map(({ rule }) => rule)).toEqual(['about'])
  })

  it('bears links that are broken in themselves', () => {
    expect(findings(`${HEAD}\n[a](%E0%A4%A.md) [b](#%E0%A4%A)\n`)).toHaveLength(2)
  })
})
