import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { startServing } from './serving.ts'
import type { Serving } from './serving.ts'
import { testbedFolder } from './testbed.ts'

export interface Servers {
  /** Starts a server on the data of this test. */
  serve(...args: string[]): Promise<Serving>
  /** A file of this test. */
  file(name: string): string
}

/** For the tests of a file: each has a folder of its own, and its servers end with it. */
export function withServers(name: string): Servers {
  let folder = ''
  let running: Serving[] = []
  beforeEach(() => {
    folder = mkdtempSync(join(testbedFolder(name), 'data-'))
  })
  afterEach(async () => {
    for (const server of running) await server.kill()
    running = []
    rmSync(folder, { recursive: true, force: true })
  })
  return {
    async serve(...args) {
      const server = await startServing(join(folder, 'data'), args)
      running.push(server)
      return server
    },
    file: (file) => join(folder, file),
  }
}
