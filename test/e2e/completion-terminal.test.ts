/** What a person sees who presses Tab in a real shell, on a terminal. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { stella } from '../support/command-line.ts'
import { onTerminal } from '../support/pty.ts'
import { until } from '../support/testbed.ts'

/** How each is started without anybody's settings, and what has to be there before the script. */
const SHELLS = [
  { shell: 'bash', start: ['bash', '--norc', '--noprofile', '-i'], before: '' },
  { shell: 'zsh', start: ['zsh', '-f', '-i'], before: 'autoload -Uz compinit; compinit -D -u' },
] as const

/** The containers of the machine are asked of the program. */
const TARGETS = "stella() { printf '%s\\n' docker:web podman:other; }"
const CLEAR_LINE = '\u0015'
// oxlint-disable-next-line no-control-regex
const MOVES = /\u001b(?:\[[?\d;]*[A-Za-z]|[=>])|[\u0007\u0008]/g

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stella-tab-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.each(SHELLS)('$shell', ({ shell, start, before }) => {
  const lacks = spawnSync(shell, ['--version']).error !== undefined
  if (lacks) console.warn(`skipped: needs ${shell}`)

  test.skipIf(lacks)('completes on a terminal what somebody begins to type', async () => {
    const { out } = await stella(['completion', shell])
    const script = join(folder, shell)
    // A shell that is hung up writes what was typed into the history of whoever runs the test.
    writeFileSync(script, `unset HISTFILE\n${before}\n${out}\n${TARGETS}\nPS1='ready> '\n`)
    const person = onTerminal(start, { columns: 120, rows: 40 })
    /** Of what the terminal is sent from then on: a line editor moves about, and writes what it completes in one piece. */
    const answers = async (keys: string, wanted: RegExp): Promise<void> => {
      const before = person.sent().length
      person.type(keys)
      await until(`${keys} becomes ${String(wanted)}`, () =>
        wanted.test(person.sent().slice(before).replaceAll(MOVES, '')),
      )
    }
    try {
      await answers(`. ${script}\r`, /ready> /)
      await answers(`${CLEAR_LINE}stella wh\t`, /stella why /)
      await answers(`${CLEAR_LINE}stella why --js\t`, /stella why --json /)
      await answers(`${CLEAR_LINE}stella cases exp\t`, /stella cases export /)
      await answers(`${CLEAR_LINE}stella audit --format sar\t`, /stella audit --format sarif /)
      await answers(`${CLEAR_LINE}stella why docker:w\t`, /stella why docker:web /)
      await answers(`${CLEAR_LINE}stella why w\t`, /docker:web /)
      await answers(
        `${CLEAR_LINE}stella why --from ${script.slice(0, -2)}\t`,
        new RegExp(`${script} `),
      )
      await answers(`${CLEAR_LINE}stella \t\t`, /audit\s.*bill\s/s)
      expect(person.sent()).not.toMatch(/command not found|parse error|bad substitution/)
    } finally {
      person.kill()
    }
  })
})
