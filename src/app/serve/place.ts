/** Where this server listens, for commands that are given the same data folder. */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export function keepPlace(dataFolder: string, url: string): { forget(): void } {
  const file = join(dataFolder, 'serve.json')
  // Where it cannot be written, those commands have to be told.
  try {
    writeFileSync(file, `${JSON.stringify({ pid: process.pid, url })}\n`, { mode: 0o600 })
  } catch {
    return { forget: () => undefined }
  }
  return { forget: () => rmSync(file, { force: true }) }
}
