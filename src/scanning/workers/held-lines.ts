/** Lines of the log that are not written yet: while the database is away, the newest of them. */
import type { LogLine } from '../../model/scan-job.ts'

export interface HeldLines {
  add(line: LogLine): void
  /** Where `write` throws, so does this, and they are held on. */
  write(write: (lines: readonly LogLine[]) => Promise<void>): Promise<void>
}

const MOST_HELD = 5_000

export function holdLines(): HeldLines {
  let lines: LogLine[] = []
  const newest = (all: readonly LogLine[]): LogLine[] => all.slice(-MOST_HELD)
  return {
    add(line) {
      lines.push(line)
      if (lines.length > 2 * MOST_HELD) lines = newest(lines)
    },
    async write(write) {
      const written = newest(lines)
      lines = []
      try {
        await write(written)
      } catch (error) {
        lines = newest([...written, ...lines])
        throw error
      }
    },
  }
}
