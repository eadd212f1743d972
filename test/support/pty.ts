import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { LAUNCHER } from '../../scripts/lib/repo.ts'
import { testTerminal } from './terminal.ts'
import type { TestTerminal } from './terminal.ts'

/** A program in a terminal of its own, made by script(1). */
export interface OnTerminal {
  terminal: TestTerminal
  /** Everything the terminal was sent. */
  sent(): string
  /** Types keys. */
  type(keys: string): void
  /** Waits until the terminal shows it. */
  shows(pattern: RegExp): Promise<void>
  /** The program's process. */
  pid(): Promise<number>
  /** Resolves when it ended, and what is printed after it. */
  ended: Promise<unknown>
  kill(): void
}

/** Starts stella from its sources on a terminal of this size. */
export function stellaOnTerminal(
  args: readonly string[],
  size: { columns: number; rows: number },
): OnTerminal {
  return onTerminal([process.execPath, LAUNCHER, ...args], size)
}

/** Starts a program on a terminal. After it its exit code is printed, and the settings of the terminal. */
export function onTerminal(
  command: readonly string[],
  size: { columns: number; rows: number },
): OnTerminal {
  const script = [
    `stty rows ${size.rows} columns ${size.columns}`,
    `sh -c 'echo pid=$$; exec "$0" "$@"' ${command.map(quoted).join(' ')}`,
    'echo code=$?',
    'stty -a',
  ].join('\n')
  const child = spawn('script', ['--quiet', '--flush', '--command', script, '/dev/null'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, TERM: 'xterm-256color', SHELL: '/bin/sh', NO_COLOR: '' },
  })
  const terminal = testTerminal(size.columns, size.rows)
  let sent = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    sent += text
    terminal.write(text)
  })
  async function shows(pattern: RegExp): Promise<void> {
    const end = Date.now() + 20_000
    while (!pattern.test(terminal.lines().join('\n'))) {
      if (Date.now() > end) {
        throw new Error(`never showed ${String(pattern)}:\n${terminal.lines().join('\n')}`)
      }
      await pause(50)
    }
  }
  return {
    terminal,
    sent: () => sent,
    type: (keys) => void child.stdin.write(keys),
    shows,
    pid: async () => {
      const end = Date.now() + 20_000
      for (;;) {
        const pid = /pid=(\d+)/.exec(sent)?.[1]
        if (pid !== undefined) return Number(pid)
        if (Date.now() > end) throw new Error(`did not start: ${sent}`)
        await pause(50)
      }
    },
    ended: once(child, 'exit'),
    kill: () => void child.kill('SIGKILL'),
  }
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`
}
