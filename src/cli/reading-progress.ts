import type { CommonFlags } from './common-flags.ts'
import type { CliIo } from './context.ts'

/** What is quicker needs no word. */
const PATIENCE_MILLISECONDS = 1_000
/** Judging lets nobody else speak, so that it is told before; fewer files are judged at once. */
const MANY_FILES = 500

/** One line on the terminal, while people wait. */
export interface Progress {
  /** Reading has come to its end. */
  judging(files: number): void
  end(): void
}

type Outside = Pick<CliIo, 'err' | 'terminal'>

const SILENT: Progress = { judging: () => {}, end: () => {} }

/** Tells that files are read once that takes long, and takes every trace of it away at the end. */
export function progressOf(io: Outside, { quiet, json }: CommonFlags): Progress {
  if (io.terminal === null || quiet === true || json === true) return SILENT
  let isShown = false
  const say = (words: string): void => {
    isShown = true
    io.err(`\r${words} … \u001b[K`)
  }
  const timer = setTimeout(() => say('reading files'), PATIENCE_MILLISECONDS)
  timer.unref()
  return {
    judging(files) {
      clearTimeout(timer)
      if (isShown || files >= MANY_FILES) say(`judging ${files} files`)
    },
    end() {
      clearTimeout(timer)
      if (isShown) io.err('\r\u001b[K')
    },
  }
}
