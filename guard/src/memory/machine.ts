import { totalmem } from 'node:os'
import type { Constraint } from './binding.ts'
import { keptFile } from './kept-file.ts'

/** What holds where no group has a limit: the memory of the machine, or, without `/proc`, this process against it. */
export function machineReader(root = '/'): { read(): Constraint; close(): void } {
  const file = keptFile(`${root === '/' ? '' : root}/proc/meminfo`)
  return {
    read() {
      const text = file.read() ?? ''
      const total = kibibytes(text, 'MemTotal')
      const available = kibibytes(text, 'MemAvailable')
      if (total !== null && available !== null) {
        const usedBytes = Math.max(0, total - available)
        return { kind: 'machine', name: 'the machine', limitBytes: total, usedBytes }
      }
      const usedBytes = process.memoryUsage.rss()
      return { kind: 'process', name: 'resident memory', limitBytes: totalmem(), usedBytes }
    },
    close: () => file.close(),
  }
}

function kibibytes(text: string, name: string): number | null {
  const value = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1]
  return value === undefined ? null : Number(value) * 1024
}
