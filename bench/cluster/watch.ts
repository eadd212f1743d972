/**
 * That following a cluster takes no more memory the longer it lasts: `node --expose-gc bench/cluster/watch.ts [CHANGES]`. A
 * stand-in for an API server, in a process of its own, tells so many changes of pods, each of 10 KiB, and ends its answers now
 * and then, as a real one does. Printed is the heap after a tenth of them and at the end, and the most that was resident.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { followChanges } from '../../src/sources/kubernetes/follow.ts'
import { kubernetesApi } from '../../src/sources/kubernetes/index.ts'
import { hostReader } from '../../src/sources/reader.ts'
import { apiServer } from '../../test/support/api-server.ts'

const CHANGES = 100_000
/** A call ends after so many. */
const EACH_CALL = 25_000
const MIB = 1024 ** 2
const PADDING = 'x'.repeat(10 * 1024)

async function serve(): Promise<void> {
  const server = await apiServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '', 'http://api')
    const from = Number(searchParams.get('resourceVersion') ?? 0)
    let at = from
    const write = (): void => {
      while (at < from + EACH_CALL) {
        at++
        const metadata = {
          name: `p${at % 500}`,
          resourceVersion: String(at),
          annotations: { PADDING },
        }
        if (response.write(`${JSON.stringify({ type: 'MODIFIED', object: { metadata } })}\n`))
          continue
        response.once('drain', write)
        return
      }
      response.end()
    }
    write()
  })
  process.send?.(server.reader.env['KUBECONFIG'] ?? '')
  await once(process, 'disconnect')
  await server[Symbol.asyncDispose]()
}

async function follow(changes: number): Promise<void> {
  const child = fork(fileURLToPath(import.meta.url), ['serve'])
  try {
    const [kubeconfig] = await once(child, 'message')
    const reader = hostReader({ env: { KUBECONFIG: String(kubeconfig) } })
    const api = await kubernetesApi(reader)
    const stop = new AbortController()
    const started = performance.now()
    let early = 0
    let seen = 0
    for await (const { object } of followChanges(
      api,
      { path: '/api/v1/pods', signal: stop.signal },
      '0',
    )) {
      if (object['metadata'] === undefined) throw new Error('a change without a name')
      seen++
      if (seen === Math.ceil(changes / 10)) early = heapBytes()
      if (seen === changes) break
    }
    const seconds = (performance.now() - started) / 1_000
    stop.abort()
    const peak = process.resourceUsage().maxRSS / 1024
    process.stdout.write(
      `${seen} changes: heap ${mebibytes(early)} after a tenth, ${mebibytes(heapBytes())} at the end; at most ${peak.toFixed(0)} MiB resident; ${seconds.toFixed(1)} s, ${api.calls} calls\n`,
    )
  } finally {
    child.disconnect()
  }
}

/** What is left where everything that is not needed is gone. */
function heapBytes(): number {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

function mebibytes(bytes: number): string {
  return `${(bytes / MIB).toFixed(1)} MiB`
}

if (process.argv[2] === 'serve') await serve()
else await follow(Number(process.argv[2] ?? CHANGES))
