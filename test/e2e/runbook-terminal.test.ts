/** Whoever goes through a runbook at a real terminal. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { stellaOnTerminal } from '../support/pty.ts'
import type { OnTerminal } from '../support/pty.ts'
import { BOOK, statesOf, workplace } from '../support/runs.ts'
import type { Workplace } from '../support/runs.ts'
import { until } from '../support/testbed.ts'

const BY_HAND = `
## Quick checks

What shall it be?

\`\`\`bash {id=which, kind=ask, capture="word:text"}
\`\`\`

Has the tap been closed?

\`\`\`bash {id=tap, kind=manual}
\`\`\`

Let it settle.

\`\`\`bash {id=settle, kind=wait, timeout=1s}
\`\`\`

## Fix

\`\`\`bash {id=set, kind=change, risk=low}
SET FILE \${word}
\`\`\`
`
const SLOW = BOOK.replace('SET FILE new', 'SLOW FILE new')

let place: Workplace
let shown: OnTerminal | null = null
beforeEach(() => {
  place = workplace()
})
afterEach(() => {
  place.letGo()
  shown?.kill()
  place.remove()
})

function run(book: string, ...more: readonly string[]): OnTerminal {
  const args = ['runbook', 'run', place.write(book), '--data', place.data, ...more]
  shown = stellaOnTerminal(args, { columns: 200, rows: 60 })
  return shown
}

function told() {
  const names = readdirSync(join(place.data, 'runs'))
  const [journal = ''] = names.filter((name) => name.endsWith('.ndjson'))
  return place.told(journal.replace('.ndjson', ''))
}

/** Processes of this test's own folder. */
function livingOf(words: string): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
      return command.includes(words) && !command.includes('runbook')
    } catch {
      return false
    }
  })
}

describe('at a terminal', () => {
  it('a change that somebody does not want is left out', async () => {
    const terminal = run(BOOK)
    await terminal.shows(/set-value .* new[^]*Run it\? \[y\/n\/q\]/)
    terminal.type('what?\nn\n')
    await terminal.shows(/FILE.second|value.second new[^]*Run it\?/)
    terminal.type('n\n')
    await terminal.shows(/code=1/)
    expect(place.log()).toEqual([])
    expect(statesOf(told())).toMatchObject({ set: 'skipped', again: 'skipped' })
  })

  it('a person gives a value, does what is for a person, and waits', async () => {
    const terminal = run(BY_HAND)
    await terminal.shows(/What shall it be\?/)
    terminal.type('better\n')
    await terminal.shows(/It is for a person\. Is it done\? \[y\/n\/q\]/)
    terminal.type('y\n')
    await terminal.shows(/set-value \S+ better[^]*Run it\?/)
    terminal.type('y\n')
    await terminal.shows(/code=4/)
    expect(place.now()).toBe('better')
    expect(statesOf(told())).toEqual({ which: 'ok', tap: 'ok', settle: 'ok', set: 'ok' })
  })

  it('a value that a terminal would take for an order is none', async () => {
    const terminal = run(BY_HAND)
    await terminal.shows(/What shall it be\?/)
    terminal.type('\u001b]0;owned\u0007x\n')
    await terminal.shows(/Is it done\?/)
    terminal.type('q\n')
    await terminal.shows(/code=4/)
    expect(terminal.sent()).not.toContain('\u001b]0;owned')
    const { captures } = told().steps[0] ?? {}
    expect(captures).toEqual({ word: '\u001b]0;owned\u0007x' })
    expect(place.log()).toEqual([])
  })

  it('Ctrl-C ends a check, and leaves the run where it is', async () => {
    const book = BOOK.replace('cat FILE', 'sleep 611')
    const terminal = run(book)
    await until('it looks', () => livingOf('sleep 611').length === 1)
    terminal.type('\u0003')
    await terminal.shows(/It waits at 'look': it was interrupted\n {2}go on:/)
    await terminal.ended
    expect(livingOf('sleep 611')).toEqual([])
  })

  it('Ctrl-C at a question leaves the run where it is', async () => {
    const terminal = run(BOOK)
    await terminal.shows(/Run it\?/)
    terminal.type('\u0003')
    await terminal.shows(/It waits at 'set': it needs an approval/)
    await terminal.ended
    expect(place.log()).toEqual([])
  })

  it('Ctrl-C lets a change come to its end, and nothing is begun behind it', async () => {
    const terminal = run(SLOW)
    await terminal.shows(/Run it\?/)
    terminal.type('y\n')
    await until('it is being made', () => livingOf(place.slow).length > 0)
    terminal.type('\u0003')
    await terminal.shows(/'set' is being made: the run stops behind it/)
    place.letGo()
    await terminal.shows(/It waits at 'again': it was interrupted/)
    await terminal.ended
    expect(place.log()).toEqual(['new'])
    expect(statesOf(told())).toMatchObject({ set: 'ok', again: 'waits' })
  })

  it('Ctrl-C twice ends it, with all that it has started', async () => {
    const terminal = run(SLOW)
    await terminal.shows(/Run it\?/)
    terminal.type('y\n')
    await until('it is being made', () => livingOf(place.slow).length > 0)
    terminal.type('\u0003')
    await terminal.shows(/once more ends it now/)
    terminal.type('\u0003')
    await terminal.shows(/failed: failed: set/)
    await terminal.ended
    expect(livingOf(place.slow)).toEqual([])
    expect(place.log()).toEqual([])
    expect(told().steps.find(({ id }) => id === 'set')?.why).toBe('it was interrupted')
  })

  it('a terminal that is closed within a change ends nothing; the run waits behind it', async () => {
    const terminal = run(SLOW)
    await terminal.shows(/Run it\?/)
    terminal.type('y\n')
    const pid = await terminal.pid()
    await until('it is being made', () => livingOf(place.slow).length > 0)
    terminal.kill()
    await terminal.ended
    expect(livingOf(place.slow)).not.toEqual([])
    place.letGo()
    await until('the run waits', () => told().waits !== null)
    expect(told().waits).toEqual({
      step: 'again',
      why: 'it was interrupted',
      stillRuns: false,
    })
    expect(place.log()).toEqual(['new'])
    await until('stella has ended', () => !readdirSync('/proc').includes(String(pid)))
  })
})
