import { afterAll, beforeAll, expect, it } from 'vitest'
import { NOW, stella } from '../../../../test/support/command-line.ts'
import { startScanner } from '../../../../test/support/scanner.ts'
import type { TestScanner } from '../../../../test/support/scanner.ts'

let scanner: TestScanner
let url = ''
beforeAll(async () => {
  scanner = await startScanner()
  url = await scanner.serve()
}, 60_000)
afterAll(() => scanner.end())

const IMAGE = 'registry:shop:1'
const gates = (...args: readonly string[]) => stella(['scanner', 'gates', ...args, '--server', url])
const submit = () =>
  scanner.desk.submit(
    { image: IMAGE, platform: null, priority: 0, timeoutMs: null, readsAgain: false },
    'me',
  )
const check = async (): Promise<[number, string]> => {
  const { code, out } = await gates('check', IMAGE, '--quiet')
  return [code, out.trimEnd()]
}

it('is unknown before the first scan, and while that goes on', async () => {
  expect(await check()).toEqual([4, 'unknown'])
  expect((await gates('list')).out).toBe('No image is blocked.\n')
  await submit()
  expect(await check()).toEqual([4, 'unknown'])
  expect((await gates('check', IMAGE)).out).toContain('stella scanner jobs submit registry:shop:1')
})

it('is blocked by a scan that fails, and opened by the next good one', async () => {
  await scanner.fail('default', 'failed')
  expect(await check()).toEqual([1, 'blocked: scan-oom'])
  const { id } = await submit()
  expect(await check()).toEqual([1, 'blocked: scan-oom'])
  const { out } = await gates('list')
  expect(out).toMatch(/^registry:shop:1 +blocked: scan-oom +2026-05-01 .* [\da-f]{8}$/m)
  expect((await gates('list', '--quiet')).out).toBe(`${IMAGE}\n`)
  await scanner.finish('default', {})
  expect(await check()).toEqual([0, 'open'])
  expect(JSON.parse((await gates('check', IMAGE, '--json')).out)).toEqual({
    schema: 'stella.scanner-gate/1',
    image: IMAGE,
    state: 'open',
    reason: null,
    job: id,
    since: new Date(NOW).toISOString(),
  })
  expect(JSON.parse((await gates('list', '--json')).out).gates).toEqual([])
})

it('is blocked again by the next bad one, with the job that did it', async () => {
  const { id } = await submit()
  await scanner.fail('default', 'timeout')
  const { code, out } = await gates('check', IMAGE)
  expect([code, out]).toEqual([1, expect.stringContaining('blocked: scan-timeout')])
  expect(out).toContain(`stella scanner jobs retry ${id}`)
})

it('is of the name that was scanned, and needs one', async () => {
  expect((await gates('check', 'registry:shop:2')).code).toBe(4)
  expect((await gates('check')).code).toBe(2)
  expect((await gates('check', '-')).code).toBe(2)
})
