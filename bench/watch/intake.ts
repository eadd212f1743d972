/**
 * How many cases a server takes: `node bench/watch/intake.ts [SENDERS] [SECONDS] [PER_SECOND]`
 * Senders deliver cases to a running `stella serve` on a PostgreSQL server of its own, each with its own host, at a steady rate; at the
 * end every case must be there, once. Needs root, PostgreSQL, a C compiler and a built stella; server, group and folders are its own.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { entryDocument } from '../../src/store/cases/entry-json.ts'
import { createGroup } from '../../test/support/cgroups.ts'
import { sampleCase } from '../../test/support/sample-case.ts'
import { startPostgres } from '../../test/support/server-starters.ts'
import { testbedFolder } from '../../test/support/testbed.ts'

const LAUNCHER = fileURLToPath(new URL('../../bin/stella.js', import.meta.url))
const SENDERS = Number(process.argv[2] ?? 50)
const SECONDS = Number(process.argv[3] ?? 20)
const PER_SECOND = Number(process.argv[4] ?? 200)
/** Of one delivery. */
const AT_ONCE = 4

const folder = mkdtempSync(join(testbedFolder('bench'), 'postgres-'))
const group = createGroup('bench-postgres')
const server = await startPostgres(group, folder, 'shared_buffers = 64MB\nfsync = on\n')
const database = `postgres:///postgres?host=${encodeURIComponent(folder)}&user=postgres`
const serving = spawn(
  process.execPath,
  [
    LAUNCHER,
    'serve',
    '--no-watch',
    '--listen',
    '127.0.0.1:0',
    '--database',
    database,
    '--data',
    folder,
  ],
  { stdio: ['ignore', 'ignore', 'pipe'] },
)
try {
  let url = ''
  for await (const line of createInterface({ input: serving.stderr })) {
    url = /listening on (http\S+)/.exec(line)?.[1] ?? ''
    if (url !== '') break
  }
  process.stdout.write(
    `${SENDERS} senders, ${PER_SECOND} cases a second in all, ${SECONDS} s; ${cpus()[0]?.model}, Node ${process.version}\n`,
  )
  const begun = performance.now()
  const waits: number[] = []
  const sent = await Promise.all(Array.from({ length: SENDERS }, (_, at) => send(url, at, waits)))
  const seconds = (performance.now() - begun) / 1_000
  const all = sent.reduce((sum, count) => sum + count, 0)
  const kept = Number(server.client('-c', 'select count(*) from cases').trim())
  const sorted = waits.toSorted((a, b) => a - b)
  const at = (share: number): string =>
    (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(0)
  process.stdout.write(
    `${all} sent in ${seconds.toFixed(1)} s (${(all / seconds).toFixed(0)} a second), ${kept} kept; ` +
      `a delivery takes p50 ${at(0.5)} ms, p99 ${at(0.99)} ms\n`,
  )
  const good = kept === all && all / seconds >= PER_SECOND * 0.95
  process.stdout.write(`bar: ${PER_SECOND} a second without loss: ${good ? 'held' : 'missed'}\n`)
  process.exitCode = good ? 0 : 1
} finally {
  serving.kill('SIGTERM')
  await once(serving, 'exit')
  await group.remove()
  rmSync(folder, { recursive: true, force: true })
}

/** Delivers at its share of the rate, and is late where the server is. */
async function send(url: string, sender: number, waits: number[]): Promise<number> {
  const every = (1_000 * AT_ONCE * SENDERS) / PER_SECOND
  const begun = performance.now() + (every * sender) / SENDERS
  let count = 0
  for (let due = begun; due < begun + SECONDS * 1_000; due += every) {
    await pause(Math.max(0, due - performance.now()))
    const entries = Array.from({ length: AT_ONCE }, () => {
      const at = Date.now()
      const id = `c_${sender}_${count++}`
      return entryDocument({
        kind: 'case',
        at,
        incident: id,
        revision: 1,
        case: sampleCase({ id, at }),
      })
    })
    const asked = performance.now()
    const response = await fetch(new URL('/api/deliveries', url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        schema: 'stella.delivery/1',
        host: { id: `h${sender}`, name: `host-${sender}` },
        entries,
      }),
    })
    waits.push(performance.now() - asked)
    if (!response.ok) throw new Error(`status ${response.status}: ${await response.text()}`)
    await response.body?.cancel()
  }
  return count
}
