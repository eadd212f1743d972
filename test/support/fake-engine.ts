import { mkdirSync } from 'node:fs'
import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import { dirname, join } from 'node:path'
import type { FakeReader } from './fake-reader.ts'

/** Answers at an engine's socket of a fake machine as a test says; real engines answer in test/live. */
export async function fakeEngine(
  reader: FakeReader,
  answers: RequestListener,
  socket = 'var/run/docker.sock',
): Promise<Disposable> {
  const path = join(reader.root, socket)
  mkdirSync(dirname(path), { recursive: true })
  const server = createServer(answers)
  await new Promise<void>((resolve) => {
    server.listen(path, resolve)
  })
  return {
    [Symbol.dispose]: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
