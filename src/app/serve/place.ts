/** Where this server listens, for commands that are given the same data folder. */
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Place {
  /** There is a scanner that works. */
  scannerBegan(): void
  forget(): void
}

export function keepPlace(dataFolder: string, url: string): Place {
  const file = join(dataFolder, 'serve.json')
  const write = (scanner: boolean): void => {
    try {
      const text = JSON.stringify({ pid: process.pid, url, scanner })
      writeFileSync(`${file}.part`, `${text}\n`, { mode: 0o600 })
      renameSync(`${file}.part`, file)
    } catch {
      // Where it cannot be written, those commands have to be told.
    }
  }
  write(false)
  return {
    scannerBegan: () => write(true),
    forget: () => rmSync(file, { force: true }),
  }
}
