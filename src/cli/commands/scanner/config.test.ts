import { afterAll, beforeAll, expect, it } from 'vitest'
import { stella } from '../../../../test/support/command-line.ts'
import { startScanner } from '../../../../test/support/scanner.ts'
import type { TestScanner } from '../../../../test/support/scanner.ts'
import { userName } from '../../scanner-desk.ts'

let scanner: TestScanner
let url = ''
beforeAll(async () => {
  scanner = await startScanner()
  url = await scanner.serve()
}, 60_000)
afterAll(() => scanner.end())

function config(...args: readonly string[]) {
  return stella(['scanner', 'config', ...args, '--server', url])
}

it('says in one line of JSON what a limit is, also in bytes', async () => {
  expect(await config('set', 'worker.memory_limit', '8Gi')).toMatchObject({
    code: 0,
    out: 'worker.memory_limit  8Gi\n',
    err: expect.stringContaining('stella scanner workers restart'),
  })
  expect((await config('set', 'timeouts.scan', '30m')).err).toBe('')
  const { code, out } = await config('get', 'worker.memory_limit', '--json')
  expect([code, out]).toEqual([
    0,
    '{"schema":"stella.scanner-config/1","key":"worker.memory_limit","value":"8Gi","bytes":8589934592}\n',
  ])
})

it('has switches and counts as JSON has them', async () => {
  const schema = 'stella.scanner-config/1'
  const one = async (key: string): Promise<unknown> =>
    JSON.parse((await config('get', key, '--json')).out)
  expect(await one('cache.layer_dedup')).toEqual({
    schema,
    key: 'cache.layer_dedup',
    value: true,
  })
  expect(await one('jobs.max_attempts')).toEqual({ schema, key: 'jobs.max_attempts', value: 3 })
  expect(await one('timeouts.scan')).toEqual({
    schema,
    key: 'timeouts.scan',
    value: '30m',
    milliseconds: 1_800_000,
  })
  expect(await one('routing.large_image_pool')).toEqual({
    schema,
    key: 'routing.large_image_pool',
    value: null,
  })
})

it('tells all that begin so', async () => {
  const { code, out } = await config('get', 'timeouts')
  expect([code, out]).toEqual([0, expect.stringMatching(/^timeouts\.scan +30m/m)])
  const routing = JSON.parse((await config('get', 'routing', '--json')).out)
  expect(routing).toMatchObject({
    schema: 'stella.scanner-settings/1',
    settings: [
      { key: 'routing.large_image_threshold', value: '2Gi', bytes: 2 ** 31, isUsual: true },
      { key: 'routing.large_image_pool', value: null },
    ],
  })
  expect((await config('list', '--quiet')).out).toContain('cache.layer_dedup true\n')
})

it('keeps each change, and takes it back', async () => {
  await config('set', 'sbom.streaming_threshold', '2Gi')
  await config('reset', 'sbom.streaming_threshold')
  const { changes } = JSON.parse(
    (await config('history', 'sbom.streaming_threshold', '--json')).out,
  )
  expect(changes).toMatchObject([
    { from: '2Gi', to: null, by: userName(), at: '2026-05-01T12:00:00.000Z' },
    { from: null, to: '2Gi' },
  ])
  const back = await config('rollback', String(changes[0].id))
  expect([back.code, back.out]).toEqual([
    0,
    expect.stringContaining('sbom.streaming_threshold is 2Gi again'),
  ])
  expect((await config('get', 'sbom.streaming_threshold', '--quiet')).out).toBe('2Gi\n')
  const { out } = await config('history')
  expect(out).toMatch(/^CHANGE +TIME +SETTING +FROM +TO +BY\n/)
})

it('sends large images to their pool, once there is one', async () => {
  const early = await config('set', 'routing.large_image_pool', 'large-images')
  expect([early.code, early.err]).toEqual([2, expect.stringContaining('make it first')])
  const pool = ['--pool', 'large-images', '--memory', '16Gi', '--count', '2']
  const added = await stella(['scanner', 'workers', 'add', ...pool, '--server', url])
  expect([added.code, added.out]).toEqual([
    0,
    'large-images has 2 workers now, with 16 GiB each.\n',
  ])
  expect((await config('set', 'routing.large_image_threshold', '2Gi')).code).toBe(0)
  expect((await config('set', 'routing.large_image_pool', 'large-images')).code).toBe(0)
  const submit = ['jobs', 'submit', 'large:1', '--json', '--server', url]
  const job = JSON.parse((await stella(['scanner', ...submit])).out)
  expect(job).toMatchObject({ pool: 'large-images', sizeBytes: 3 * 2 ** 30 })
})

it.each([
  [2, ['get', 'worker.memory'], 'worker.memory_limit'],
  [2, ['get', 'nothing'], 'use one of worker.memory_limit'],
  [2, ['set', 'memory_limit', '8Gi'], "did you mean 'worker.memory_limit'?"],
  [2, ['set', 'worker.memory_limit', '8g'], 'write 8Gi (binary) or 8G (decimal)'],
  [2, ['set', 'worker.memory_limit', '1Ki'], '96 MiB at least'],
  [2, ['set', 'cache.layer_dedup', 'yes'], 'write true or false'],
  [2, ['set', 'timeouts.scan', 'soon'], 'write it as 90s, 30m or 1h'],
  [2, ['set', 'worker.memory_limit'], 'is missing'],
  [2, ['reset', 'nothing'], 'use one of worker.memory_limit'],
  [2, ['history', 'nothing'], 'use one of worker.memory_limit'],
  [2, ['rollback', 'last'], 'stella scanner config history'],
  [3, ['rollback', '999'], 'there is no change 999'],
])('%i: %j', async (expected, args, says) => {
  const { code, out, err } = await config(...args)
  expect([code, out, err]).toEqual([expected, '', expect.stringContaining(says)])
  expect(err.trimEnd().split('\n')).toHaveLength(1)
})
