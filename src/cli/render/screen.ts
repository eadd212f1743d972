import { writeSync } from 'node:fs'
import { emitKeypressEvents } from 'node:readline'

/** A key as node:readline tells it. */
export interface ScreenKey {
  name?: string | undefined
  sequence?: string | undefined
  ctrl?: boolean | undefined
  meta?: boolean | undefined
}

/** A terminal that is drawn on as a whole, and given back as it was. */
export interface Screen {
  size(): { columns: number; rows: number }
  /** Shows these lines; only those that changed are sent. */
  draw(lines: readonly string[]): void
  onKey(listener: (key: ScreenKey) => void): void
  onResize(listener: () => void): void
  /** The terminal went away. */
  onEnd(listener: () => void): void
  /** Gives the terminal back. It is given back on every other way out, too. */
  close(): void
}

/** Alternate screen (its own, so that what stood there before comes back), no wrapping, no cursor. */
const ENTER = '\u001b[?1049h\u001b[?7l\u001b[?25l\u001b[2J'
const LEAVE = '\u001b[?25h\u001b[?7h\u001b[?1049l'
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const
/** Of terminals that do not tell. */
const USUAL = { columns: 80, rows: 24 }

/** Takes over the terminal of this process. */
export function openScreen(input: typeof process.stdin, output: typeof process.stdout): Screen {
  let shown: readonly string[] = []
  let isOpen = true

  function draw(lines: readonly string[]): void {
    let update = ''
    for (const [index, line] of lines.entries()) {
      // Cleared first: behind a line that fills the screen the cursor still stands on its last sign.
      if (shown[index] !== line) update += `\u001b[${index + 1};1H\u001b[2K${line}`
    }
    if (lines.length < shown.length) update += `\u001b[${lines.length + 1};1H\u001b[J`
    shown = lines
    if (update !== '' && isOpen) output.write(update)
  }

  function clear(): void {
    shown = []
    if (isOpen) output.write('\u001b[2J')
  }

  /** At once, for the process may be about to end. */
  function restore(): void {
    if (!isOpen) return
    isOpen = false
    try {
      input.setRawMode(false)
      writeSync(output.fd, LEAVE)
    } catch {
      // The terminal is gone, and there is nothing to give back.
    }
  }

  function onSignal(signal: NodeJS.Signals): void {
    close()
    // Dying of it lets a shell see what it would have seen without us.
    process.kill(process.pid, signal)
  }

  function onContinue(): void {
    if (!isOpen) return
    input.setRawMode(true)
    output.write(ENTER)
    const lines = shown
    shown = []
    draw(lines)
  }

  function close(): void {
    restore()
    for (const signal of SIGNALS) process.removeListener(signal, onSignal)
    process.removeListener('SIGCONT', onContinue)
    process.removeListener('exit', restore)
    process.removeListener('uncaughtExceptionMonitor', restore)
    input.removeAllListeners('keypress').removeAllListeners('end').pause()
    output.removeAllListeners('resize')
  }

  for (const signal of SIGNALS) process.on(signal, onSignal)
  process.on('SIGCONT', onContinue)
  process.on('exit', restore)
  // It comes before the complaint is printed, which would be lost with the alternate screen.
  process.on('uncaughtExceptionMonitor', restore)
  output.write(ENTER)
  emitKeypressEvents(input)
  input.setRawMode(true)
  input.resume()
  return {
    size: () => ({
      columns: output.columns > 0 ? output.columns : USUAL.columns,
      rows: output.rows > 0 ? output.rows : USUAL.rows,
    }),
    draw,
    onKey: (listener) =>
      void input.on('keypress', (_text: string | undefined, key: ScreenKey) => listener(key)),
    onResize: (listener) =>
      void output.on('resize', () => {
        clear()
        listener()
      }),
    onEnd: (listener) => void input.on('end', listener),
    close,
  }
}
