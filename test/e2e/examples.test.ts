/** What is copied from a help works: every example is a call that its command understands. */
import { run } from '@stricli/core'
import { describe, expect, it } from 'vitest'
import { buildStella } from '../../src/cli/app.ts'
import { commandTree } from '../../src/cli/commands/completion/command-tree.ts'
import type { CliContext } from '../../src/cli/context.ts'
import { partsOf } from '../../src/cli/help-parts.ts'
import { capturedIo } from '../support/captured-io.ts'

const APP = buildStella({})
const EXAMPLES = [...new Set(commandTree(APP.root).flatMap(({ about }) => partsOf(about).examples))]

/** The words of the calls of stella in a line for a shell, each up to where that one goes on; behind two spaces stands what is said of it. */
function callsIn(example: string): string[][] {
  const [line = ''] = example.split(/ {2,}/)
  const calls = /\bstella(?= |$)(?:[^"'|&;>)]|"[^"]*"|'[^']*')*/g
  const words = /(?:[^ "']|"[^"]*"|'[^']*')+/g
  return Array.from(line.matchAll(calls), ([call]) => {
    const [, ...rest] = Array.from(call.matchAll(words), ([word]) => word.replace(/["']/g, ''))
    return rest
  })
}

/** What is said against a call before anything is done; null: it is understood. */
async function complaintAbout(words: readonly string[]): Promise<string | null> {
  let target: typeof APP.root = APP.root
  const rest = [...words]
  while ('getAllEntries' in target) {
    const [word = ''] = rest
    const named = target
      .getAllEntries()
      .find(({ name, aliases }) => name.original === word || aliases.includes(word))
    const next: typeof APP.root | undefined = named?.target ?? target.getDefaultCommand()
    if (next === undefined) return `there is no command '${word}'`
    if (named !== undefined) rest.shift()
    target = next
  }
  let complaint = ''
  let isUnderstood = false
  const root = { ...target, loader: async () => () => void (isUnderstood = true) }
  const context: CliContext = {
    process: { stdout: { write: () => {} }, stderr: { write: (text) => void (complaint += text) } },
    io: capturedIo({ code: 0, out: '', err: '' }),
    root,
    engine: () => Promise.reject(new Error('nothing is asked for')),
    finish: () => {},
  }
  await run({ ...APP, root }, rest, context)
  return isUnderstood ? null : complaint
}

describe('an example of a help', () => {
  it.each(EXAMPLES)('%s', async (example) => {
    const calls = callsIn(example)
    expect(calls).not.toEqual([])
    for (const words of calls) {
      if (words.length > 0) expect(await complaintAbout(words)).toBeNull()
    }
  })

  it('would not do with an option that nobody knows, a word too many, or a value that is none', async () => {
    expect(await complaintAbout(['why', 'web', '--jsno'])).toContain('unknown option')
    expect(await complaintAbout(['top', '--once', 'for', 'a', 'script'])).toContain('Too many')
    expect(await complaintAbout(['why', 'web', '--since', 'yesterday'])).toContain(
      'is not a duration',
    )
    expect(await complaintAbout(['wyh', 'web'])).toContain('there is no command')
  })
})
