import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { NOW } from '../../../test/support/command-line.ts'
import {
  KILLED_MEMORY,
  LAYER,
  startScanner,
  testWorker,
  withToken,
} from '../../../test/support/scanner.ts'
import type { TestScanner } from '../../../test/support/scanner.ts'
import { StellaError, unreachableError } from '../../model/errors.ts'
import type { ScannerDesk } from '../../scanning/desk.ts'
import { remoteDesk } from './remote-desk.ts'

let scanner: TestScanner
let remote: ScannerDesk
beforeAll(async () => {
  scanner = await startScanner()
  remote = remoteDesk({ url: new URL(await scanner.serve()), token: null })
}, 60_000)
afterAll(() => scanner.end())

const REQUEST = { platform: null, priority: 0, timeoutMs: null, readsAgain: false }
const DOCUMENT = { bomFormat: 'CycloneDX', components: [] }

/** What was thrown, as scripts and people see it. */
async function thrown(work: Promise<unknown>) {
  const error: unknown = await work.then(
    () => null,
    (problem: unknown) => problem,
  )
  if (!(error instanceof StellaError)) throw new Error('nothing was refused', { cause: error })
  const { exitCode, message, where, todo } = error
  return { exitCode, message, where, todo }
}

describe('what the server has is what is told', () => {
  it('of jobs', async () => {
    const job = await remote.submit({ ...REQUEST, image: 'shop:1', priority: 7 }, 'ann')
    expect(job).toMatchObject({ image: 'shop:1', priority: 7, createdBy: 'ann', createdAt: NOW })
    await scanner.finish('default', DOCUMENT)
    const there = await scanner.desk.job(job.id)
    expect(there?.attempts).toHaveLength(1)
    expect(await remote.job(job.id.slice(0, 8))).toEqual(there)
    const query = { limit: 10, states: ['done', 'failed'], image: 'SHOP', since: NOW } as const
    expect(await remote.jobs(query)).toEqual(await scanner.desk.jobs(query))
    expect(await remote.status()).toEqual(await scanner.desk.status())
  })

  it('of the memory of attempts, and of layers', async () => {
    const { id } = await remote.submit({ ...REQUEST, image: 'inside:1', priority: 9 }, 'ann')
    await scanner.fail('default', 'failed')
    expect(await remote.memory(id)).toEqual([{ attempt: 1, ...KILLED_MEMORY }])
    expect(await remote.layers(id)).toEqual([])
    await remote.retry(id)
    await scanner.finish('default', DOCUMENT)
    expect(await remote.layers(id)).toEqual([LAYER])
    expect(await remote.memory('ffffffff')).toBeNull()
  })

  it('of a list, page by page', async () => {
    for (const image of ['page:1', 'page:2', 'page:3']) {
      await scanner.desk.submit({ ...REQUEST, image }, 'ann')
    }
    const first = await remote.jobs({ limit: 2, image: 'page:' })
    const second = await remote.jobs({ limit: 2, image: 'page:', after: first.next ?? '' })
    const images = [...first.jobs, ...second.jobs].map(({ image }) => image)
    expect(images.toSorted()).toEqual(['page:1', 'page:2', 'page:3'])
    expect(second.next).toBeNull()
  })

  it('of a job that is cancelled and tried again', async () => {
    const { id } = await remote.submit({ ...REQUEST, image: 'again:1' }, 'ann')
    expect(await remote.cancel(id)).toMatchObject({ id, state: 'cancelled' })
    expect(await remote.retry(id)).toMatchObject({ id, state: 'queued' })
  })

  it('of settings, and who changed them', async () => {
    const held = await remote.set('worker.memory_limit', '8Gi', 'ann')
    expect(held).toMatchObject({ value: '8Gi', isUsual: false, told: { bytes: 8 * 2 ** 30 } })
    expect(await remote.settings()).toEqual(await scanner.desk.settings())
    const changes = await remote.history({ limit: 10, key: 'worker.memory_limit' })
    expect(changes).toEqual(await scanner.desk.history({ limit: 10 }))
    const back = await remote.rollback(changes[0]?.id ?? 0, 'bob')
    expect(back).toMatchObject({ key: 'worker.memory_limit', to: null, by: 'bob', at: NOW })
  })

  it('of pools and workers', async () => {
    const added = await remote.addWorkers({ pool: 'large', count: 2, memory: '16Gi' })
    expect(added.pool).toMatchObject({ name: 'large', count: 2, memory: '16Gi' })
    const worker = testWorker({ pool: 'large' })
    await scanner.store.pools.tell('one', [worker])
    await scanner.store.pools.restarted('large', 'oom')
    expect(await remote.workers()).toEqual([worker])
    expect(await remote.restarts()).toEqual([{ pool: 'large', reason: 'oom', count: 1 }])
    const [restarted] = await remote.restartWorkers({ pool: 'large', drainMs: 5_000 })
    expect(restarted).toMatchObject({ generation: 1, drainMs: 5_000 })
    const left = await remote.removeWorkers({ pool: 'large', count: 2, evenIfJobsWait: false })
    expect(left).toEqual({ pool: expect.objectContaining({ count: 0 }), notes: expect.anything() })
    expect(await remote.pools()).toEqual(await scanner.desk.pools())
  })

  it('of the log and of images that may not be released', async () => {
    const about = { pool: null, worker: null, job: null }
    await scanner.store.logs.write([
      { ...about, at: NOW, level: 'error', says: 'Out of memory' },
      { ...about, at: NOW, level: 'debug', says: 'out of paper' },
    ])
    const query = { limit: 5, filter: 'OUT OF', level: 'warn', since: NOW - 1 } as const
    const lines = await remote.logs(query)
    expect(lines).toMatchObject([{ says: 'Out of memory', at: NOW }])
    expect(await remote.logs({ limit: 5, after: lines[0]?.id ?? 0 })).toHaveLength(1)
    expect(await remote.gates()).toEqual(await scanner.desk.gates())
  })

  it('of an SBOM, to the byte', async () => {
    const [job] = (await remote.jobs({ limit: 1, states: ['done'] })).jobs
    const document = await remote.document(job?.id ?? '')
    const bytes = await buffer(Readable.from(document ?? []))
    expect(bytes.toString()).toBe(JSON.stringify(DOCUMENT))
  })
})

describe('what the desk refuses is refused in its words', () => {
  it.each([
    ['a value', (desk: ScannerDesk) => desk.set('worker.memory_limit', '8g', 'ann')],
    ['a setting', (desk: ScannerDesk) => desk.set('no.such', '8Gi', 'ann')],
    ['a pool', (desk: ScannerDesk) => desk.restartWorkers({ pool: 'nobody', drainMs: 0 })],
    ['a limit', (desk: ScannerDesk) => desk.addWorkers({ pool: 'a', count: 1, memory: '1Ti' })],
    [
      'no image',
      (desk: ScannerDesk) => desk.submit({ ...REQUEST, image: 'registry:no name' }, 'ann'),
    ],
    ['a change that is none', (desk: ScannerDesk) => desk.rollback(99_999, 'ann')],
    ['a job that is none', (desk: ScannerDesk) => desk.cancel('ffffffff')],
  ])('%s', async (_, ask) => {
    expect(await thrown(ask(remote))).toEqual(await thrown(ask(scanner.desk)))
  })

  it('a job that has ended', async () => {
    const { id } = await scanner.desk.submit({ ...REQUEST, image: 'over:1' }, 'ann')
    await scanner.desk.cancel(id)
    expect(await thrown(remote.cancel(id))).toEqual(await thrown(scanner.desk.cancel(id)))
  })

  it('gives null where a job is not there, or has no SBOM', async () => {
    expect(await remote.job('ffffffff')).toBeNull()
    const { id } = await scanner.desk.submit({ ...REQUEST, image: 'new:1' }, 'ann')
    expect(await remote.document(id)).toBeNull()
  })
})

describe('a server that cannot be asked', () => {
  let others: Server[] = []
  afterAll(() => {
    for (const server of others) server.close()
    others = []
  })

  async function other(answer: Parameters<typeof createServer>[1]): Promise<ScannerDesk> {
    const server = createServer({}, answer)
    others.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    return remoteDesk({ url: new URL(`http://127.0.0.1:${port}/below`), token: null })
  }

  it('is out of reach', async () => {
    const desk = await other(() => undefined)
    await new Promise((resolve) => others.pop()?.close(resolve))
    expect(await thrown(desk.status())).toMatchObject({
      exitCode: 3,
      message: 'the server cannot be reached (ECONNREFUSED)',
      where: expect.stringMatching(/^http:..127.0.0.1:\d+$/),
    })
  })

  it('wants a token', async () => {
    const token = 'a-token-of-24-characters'
    const url = new URL(await scanner.serve({ access: withToken(token) }))
    expect(await thrown(remoteDesk({ url, token: null }).status())).toMatchObject({
      exitCode: 3,
      todo: expect.stringContaining('--token-file'),
    })
    expect(await remoteDesk({ url, token }).status()).toHaveProperty('state')
  })

  it('has no scanner', async () => {
    const desk = remoteDesk({ url: new URL(await scanner.serve({ scanner: null })), token: null })
    const refusal = { exitCode: 3, message: 'this server has no scanner' }
    expect(await thrown(desk.status())).toMatchObject(refusal)
    expect(await thrown(desk.job('ffffffff'))).toMatchObject(refusal)
    expect(await thrown(desk.document('ffffffff'))).toMatchObject(refusal)
  })

  it('has a database that does not answer', async () => {
    const open = () =>
      Promise.reject(unreachableError('it is down', 'here', 'wait', { cause: new Error('x') }))
    const desk = remoteDesk({ url: new URL(await scanner.serve({ scanner: open })), token: null })
    expect(await thrown(desk.job('ffffffff'))).toMatchObject({ exitCode: 3, message: 'it is down' })
  })

  it('is something else', async () => {
    const page = await other((_, response) => response.end('<html>'))
    expect(await thrown(page.status())).toMatchObject({
      exitCode: 3,
      message: "what answers there is no 'stella serve'",
    })
    const old = await other((_, response) => response.end('{"schema":"stella.scanner-status/0"}'))
    expect(await thrown(old.status())).toMatchObject({ exitCode: 3 })
    const moved = await other((_, response) =>
      response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
    )
    expect(await thrown(moved.status())).toMatchObject({ message: 'the server is somewhere else' })
  })

  it('breaks off in the midst of an SBOM', async () => {
    const broken = await other((request, response) => {
      expect(request.url).toBe('/below/api/scanner/jobs/ffff/document')
      response.writeHead(200, { 'content-length': '1000' })
      response.write('{"bomFormat"', () => response.destroy())
    })
    const document = await broken.document('ffff')
    const reading = buffer(Readable.from(document ?? []))
    expect(await thrown(reading)).toMatchObject({ exitCode: 3 })
  })
})
