import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sampleCase } from '../../test/support/sample-case.ts'
import { fenced, markdownReport } from './markdown.ts'
import { mermaidPath } from './mermaid.ts'
import { localTime } from './time.ts'

const AT = localTime(sampleCase().at)

test('a report for a ticket', () => {
  expect(markdownReport([sampleCase()], []).replaceAll(AT, 'TIME')).toMatchInlineSnapshot(`
    "<!-- stella.report/1 -->

    # Killed by the kernel at its own limit: docker web

    **The kernel killed python3 because container web reached its own limit of 32 MiB**

    |  |  |
    | --- | --- |
    | Verdict | \`oom-own-limit\`, certain [e1] |
    | Speaks against it | nothing |
    | When | TIME |
    | Reached | its own limit |
    | Path | /docker/c0ffee |
    | Limit | 32 MiB (33554432 bytes) |
    | In use | 32 MiB (33554432 bytes) |
    | Image | \`shop/web:1\` |
    | Main process died | yes |
    | Case | \`c_5f3a\` |

    ## Victims

    | PID | Name | Resident | Anonymous | File | Shared | Swap | oom_score_adj | Badness |
    | --- | --- | --- | --- | --- | --- | --- | --- | --- |
    | 4321 | \`python3\` | 30 MiB (31457280 bytes) | 29 MiB (30408704 bytes) | 1 MiB (1048576 bytes) | 0 bytes | not known | 0 | 937 |

    ## Why it grew

    1. \`limit-too-low\` (likely): The limit is below what the program needs to start [e2]

    ## What to do

    ### Raise the limit to 64 MiB

    Layer: container. Risk: low. It can be undone.

    For docker:

    \`\`\`sh
    docker update --memory 64m --memory-swap 64m web
    \`\`\`

    ## How the verdict was reached

    \`\`\`mermaid
    flowchart TD
      q0["host<br/>Did the machine run out?<br/>ruled out (e1)"]
      q1["own-limit<br/>Its own limit?<br/>holds (e1)"]
      q0 -->|ruled out| q1
      style q1 stroke-width:3px
    \`\`\`

    ## Evidence

    **e1** The kernel killed PID 4321 at the limit of /docker/c0ffee  
    kmsg, \`kernel.log:12\`, TIME

    \`\`\`text
    Memory cgroup out of memory: Killed process 4321 (python3)
    oom_reaper: reaped 4321
    \`\`\`

    **e2** The container exited with 137  
    docker, \`inspect.json:1\`, at an unknown time

    \`\`\`text
    "ExitCode": 137
    \`\`\`

    ## What happened when

    | Time | What | Evidence |
    | --- | --- | --- |
    | TIME | Kernel kill | e1 |
    | at an unknown time | Exit | e2 |

    ## Processes at that moment

    | PID | Name | Resident | Anonymous | File | Shared | Swap | oom_score_adj | Badness |
    | --- | --- | --- | --- | --- | --- | --- | --- | --- |
    | 4321 | \`python3\` | 30 MiB (31457280 bytes) | 29 MiB (30408704 bytes) | 1 MiB (1048576 bytes) | 0 bytes | not known | 0 | 937 |

    ## Ruled out

    - oom-host \\[e1\\]

    ## Not known

    - memory.events: the cgroup is gone
    "
  `)
})

test('nothing inside of a fence can end it', () => {
  const content = fc.array(fc.constantFrom('`', '```', '````', '\n', 'a', '~~~'), { maxLength: 40 })
  fc.assert(
    fc.property(content, (parts) => {
      const lines = fenced(parts.join(''), 'text').split('\n')
      const fence = /^`+/.exec(lines[0] ?? '')?.[0] ?? ''
      expect(lines.at(-1)).toBe(fence)
      expect(lines.slice(1, -1).some((line) => line.startsWith(fence))).toBe(false)
    }),
  )
})

test('text from outside stays text: no tag, link, image or table cell comes out of it', () => {
  const summary = 'x | y <script>alert(1)</script> ![a](http://evil/) [b](c)'
  const verdict = { ...sampleCase().verdict, summary }
  const report = markdownReport([sampleCase({ verdict })], [])
  expect(report).toContain(
    '**x \\| y \\<script\\>alert(1)\\</script\\> !\\[a\\](http://evil/) \\[b\\](c)**',
  )
})

test('labels of the decision path cannot leave their quotes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (question) => {
      const [chart = ''] = mermaidPath([
        { rule: 'r', question, answer: 'holds', because: [] },
        { rule: 's', question: 'q', answer: 'not-shown', because: ['e1'] },
      ])
      const [fence, kind, first, second, arrow, style, end, ...rest] = chart.split('\n')
      expect([fence, kind, second, arrow, style, end, rest]).toEqual([
        '```mermaid',
        'flowchart TD',
        '  q1["s<br/>q<br/>not shown (e1)"]',
        '  q0 -->|holds| q1',
        '  style q0 stroke-width:3px',
        '```',
        [],
      ])
      expect(first).toMatch(/^ {2}q0\["r<br\/>(?:[\w .,:?/'=()-]|#\d+;)*<br\/>holds"\]$/)
    }),
  )
})

test('a loop is told with how long its lives were', () => {
  const list = [0, 60_000, 120_000].map((startedAt) => ({
    startedAt,
    endedAt: startedAt + 5_000,
    how: 'TASK_FAILED',
  }))
  const report = markdownReport([sampleCase({ lives: { list, earlier: 0, cpus: 0.1 } })], [])
  expect(report).toContain(
    '## Its lives\n\n3 tasks, 5 s long each; from the first start on, something ran for 12 % of the time.',
  )
  expect(report).toContain('| Length | Lives |\n| --- | --- |\n| 5 s to 6 s | 3 |')
})

test('many empty lines before the last one are a block like any other', () => {
  const block = fenced(`${'\n'.repeat(300_000)}end\n`, 'text').split('\n')
  expect([block.length, block.at(-2)]).toEqual([300_003, 'end'])
})
