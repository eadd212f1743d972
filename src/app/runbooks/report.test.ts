import { writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { NOTHING_SAID, orderFor, workplace } from '../../../test/support/runs.ts'
import type { Workplace } from '../../../test/support/runs.ts'
import { htmlReport } from '../../runbooks/report/html.ts'
import { markdownReport } from '../../runbooks/report/markdown.ts'
import { recordedRun } from './recorded-runs.ts'

const BOOK = `
# The line grows

## Quick checks

\`\`\`bash {id=depth, kind=check, capture="depth:json:.depth word:json:.word", problemIf="depth > 100"}
cat FILE
\`\`\`

## Immediate mitigation

Make it shorter.

\`\`\`bash {id=shorten, kind=change, risk=medium, approve=1, when="depth.problem", undo="SET FILE back-to-\${depth}"}
SET FILE '{"depth":8,"word":"old"}'
\`\`\`

\`\`\`bash {id=note, kind=change, risk=low}
SET FILE.noted yes
\`\`\`

## Verification

\`\`\`bash {id=shorter, kind=assert, capture="depth:json:.depth word:json:.word", expect="depth < before.depth", since=change}
cat FILE
\`\`\`
`

let place: Workplace
beforeEach(() => {
  place = workplace()
  writeFileSync(place.file, '{"depth":120,"word":"old"}\n')
})
afterEach(() => place.remove())

describe('the report of a run', () => {
  it('tells of each change what, why, who, from what to what, and how it is taken back', async () => {
    const path = place.write(BOOK)
    const waiting = await place.start(path, { approval: NOTHING_SAID, reason: 'ticket 7' })
    const { approval } = orderFor(path)
    const run = await place.resume(
      waiting.run,
      { approval, reason: 'the night shift agreed' },
      { by: 'anna' },
    )
    expect(run.verdict).toBe('resolved')
    expect(run.changes).toMatchObject([
      {
        step: 'shorten',
        approvedBy: ['anna'],
        reason: 'the night shift agreed',
        undo: `${place.folder}/set-value ${place.file} back-to-120`,
        values: [
          { name: 'depth', before: 120, after: 8 },
          { name: 'word', before: 'old', after: 'old' },
        ],
      },
      { step: 'note', approvedBy: ['anna'], undo: null },
    ])
    const report = markdownReport(run)
    expect(report).toContain('- `depth`: `120` → `8`')
    expect(report).toContain('| `depth` | `120` | `8` | -112 |')
    expect(report).toContain('| `word` | `old` | `old` | none |')
    expect(report).toMatch(
      /- Approved by: anna\n- Reason: the night shift agreed\n- Taken back with: `/,
    )
    expect(report).toContain('| Reason | ticket 7 |')
    expect(htmlReport('x', report)).toContain('<td>-112</td>')
  })

  it('tells in order when each thing happened: steps, approvals, waits, going on, taking back', async () => {
    const path = place.write(BOOK)
    const waiting = await place.start(path, { approval: NOTHING_SAID })
    const { approval } = orderFor(path)
    await place.resume(waiting.run, { approval })
    const run = await place.resume(waiting.run, { undo: true })
    expect(
      run.timeline.map(
        ({ step, what }) => `${step ?? 'run'} ${what.replace(/:.*| on (?!with).*| as .*/, '')}`,
      ),
    ).toEqual([
      'run begins',
      'depth begins',
      'depth problem',
      'shorten waits',
      'run goes on with it',
      'run approves the plan',
      'shorten begins to change',
      'shorten runs',
      'shorten ok',
      'note begins to change',
      'note runs',
      'note ok',
      'shorter begins',
      'shorter ok',
      'run ended',
      'run goes on with it',
      'note taken back',
      'shorten begins to take it back',
      'shorten runs',
      'shorten taken back',
      'run ended',
    ])
    const times = run.timeline.map(({ at }) => at)
    expect(times).toEqual(recordedRun(place.data, run.run).events.map(({ at }) => at))
    expect(times).toEqual(times.toSorted())
    const lines = markdownReport(run).split('## Timeline\n\n')[1]?.trimEnd().split('\n')
    expect(lines).toHaveLength(times.length)
    expect(lines?.[3]).toMatch(/^- 20\S+Z `shorten` waits: it needs an approval$/)
  })

  it('writes nothing that a terminal would take for an order', async () => {
    writeFileSync(place.file, '{"depth":1,"word":"\\u001b[2J\\u202eevil"}\n\u001b]0;owned\u0007\n')
    const path = place.write(BOOK.replace('json:.word', 'text').replace('depth > 100', 'exit == 0'))
    const run = await place.start(path, { approval: NOTHING_SAID, reason: '\u001b[31mred' })
    // oxlint-disable-next-line no-control-regex
    expect(markdownReport(run)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
    expect(markdownReport(run)).toContain('\\x1b]0;owned\\x07')
  })
})
