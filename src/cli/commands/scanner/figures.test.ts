import { afterAll, beforeAll, expect, it } from 'vitest'
import { stella } from '../../../../test/support/command-line.ts'
import { startScanner } from '../../../../test/support/scanner.ts'
import type { TestScanner } from '../../../../test/support/scanner.ts'
import { CATALOGERS } from '../../../sbom/catalogers/index.ts'

let scanner: TestScanner
let url = ''
beforeAll(async () => {
  scanner = await startScanner()
  url = await scanner.serve()
}, 60_000)
afterAll(() => scanner.end())

const submit = (image: string) =>
  scanner.desk.submit(
    { image, platform: null, priority: 0, timeoutMs: null, readsAgain: false },
    'me',
  )
const stats = (...args: readonly string[]) => stella(['scanner', 'stats', ...args, '--server', url])

it('tells how many scans gave a whole SBOM, and why others failed', async () => {
  expect((await stats('--sbom-metrics')).out).toBe('No scan has ended.\n')
  for (const image of ['a:1', 'a:2', 'a:3', 'a:4']) await submit(image)
  await scanner.finish('default', {})
  await scanner.finish('default', {})
  await scanner.finish('default', {}, 3)
  await scanner.fail('default', 'failed')
  const { code, out } = await stats('--sbom-metrics')
  expect([code, out.split('\n').slice(0, 3)]).toEqual([
    0,
    [
      'Done      3, and 1 of them lack something',
      'Failed    1 oom',
      'Complete  50% of those that ended; above 95% is expected',
    ],
  ])
  expect(JSON.parse((await stats('--last', '1h', '--json')).out)).toEqual({
    schema: 'stella.scanner-figures/1',
    done: 3,
    complete: 2,
    packages: 21,
    failed: [{ reason: 'oom', count: 1 }],
    medianMs: 0,
    p95Ms: 0,
    completeness: 0.5,
  })
  expect((await stats('--quiet')).out).toBe('50%\n')
})

it('tells what an SBOM lacks, and why there is none', async () => {
  const properties = [
    { name: 'stella:problem', value: 'app/a.jar: the archive is cut off\u001b[2J' },
    { name: 'else', value: 'no problem' },
  ]
  const lacks = async (id: string, ...args: readonly string[]) =>
    stella(['scanner', 'job', 'details', id, '--sbom-errors', '--server', url, ...args])
  const { id } = await submit('lacks:1')
  await scanner.finish('default', { components: [{ properties }], properties }, 1)
  const { code, out } = await lacks(id)
  expect([code, out]).toEqual([0, expect.stringContaining('  - app/a.jar: the archive is cut off')])
  expect(out).not.toContain('\u001b')
  expect(JSON.parse((await lacks(id, '--json')).out)).toMatchObject({
    id,
    sbomErrors: ['app/a.jar: the archive is cut off\u001b[2J'],
  })
  const { id: whole } = await submit('whole:1')
  await scanner.finish('default', {})
  expect((await lacks(whole)).out).toContain('The SBOM lacks nothing that is known of.')
  const { id: failed } = await submit('failed:1')
  await scanner.fail('default', 'failed')
  expect((await lacks(failed, '--quiet')).out).toBe('out of memory at 4 GiB\n')
})

it('lists every cataloger, and that it is on', async () => {
  const { code, out } = await stella(['scanner', 'plugins', 'list', '--status'])
  expect(code).toBe(0)
  expect(out).toMatch(/^npm-installed +on +\d+ MiB +\S*package\.json/m)
  const document = JSON.parse((await stella(['scanner', 'plugins', 'list', '--json'])).out)
  expect(document.schema).toBe('stella.catalogers/1')
  expect(document.catalogers.map(({ id }: { id: string }) => id)).toEqual(
    CATALOGERS.map(({ id }) => id),
  )
})

it('writes the limits of images as they are set, as a page or as figures', async () => {
  const limits = (...args: readonly string[]) =>
    stella(['scanner', 'limits', ...args, '--server', url])
  await scanner.desk.set('timeouts.scan', '20m', 'me')
  const { code, out } = await limits()
  expect([code, out]).toEqual([0, expect.stringMatching(/^# Image size limits\n/)])
  expect(out).toContain('(`timeouts.scan`) | 20 min |')
  const document = JSON.parse((await limits('--format', 'json')).out)
  expect(document).toMatchObject({
    schema: 'stella.scanner-limits/1',
    timeoutMs: 1_200_000,
    pools: [{ name: 'default', bytes: 4 * 2 ** 30 }],
  })
  expect(JSON.parse((await limits('--json')).out)).toEqual(document)
})
