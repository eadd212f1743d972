import type { ServerResponse } from 'node:http'
import { describe, expect, test } from 'vitest'
import { fakeRegistry, IMPATIENT, type Mischief } from '../../../../test/support/fake-registry.ts'
import { complaintOf, open, readAll } from '../../../../test/support/opened.ts'
import { FIRST, IMAGE, isFirst } from '../../../../test/support/pulled-image.ts'

describe('mirrors', () => {
  const expectMirrored = async (
    mirror: Mischief,
    expected: { mirrorServes: boolean },
  ): Promise<void> => {
    await using upstream = await fakeRegistry(IMAGE)
    await using near = await fakeRegistry(IMAGE, mirror)
    const env = { STELLA_REGISTRY_MIRRORS: `${upstream.host}=http://${near.host}` }
    const opened = await open(`${upstream.host}/team/app:1`, { env, patience: IMPATIENT })
    expect((await readAll(opened)).blobs).toEqual(IMAGE.blobs)
    const blobs = upstream.calls.filter(({ path }) => path.includes('/blobs/sha256'))
    expect(blobs.length === 0).toBe(expected.mirrorServes)
  }

  test('the mirror is asked first', () => expectMirrored(() => false, { mirrorServes: true }))

  test.each<[string, (response: ServerResponse) => void]>([
    ['does not have it', (response) => response.writeHead(404).end()],
    ['is broken', (response) => response.writeHead(500).end()],
    ['hangs up', (response) => response.destroy()],
    [
      'lies before anything was given on',
      (response) => response.writeHead(200, { 'content-length': '5' }).end('12345'),
    ],
  ])('the registry itself is asked where the mirror %s', async (_, answer) => {
    await expectMirrored(
      ({ path }, response) => {
        if (!path.includes('/blobs/')) return false
        answer(response)
        return true
      },
      { mirrorServes: false },
    )
  })

  test('a mirror that dies in the middle is replaced there', () =>
    expectMirrored(
      (call, response) => {
        if (!isFirst(call)) return false
        if (call.headers.range !== undefined) response.destroy()
        else {
          response.writeHead(200, { 'content-length': FIRST.length })
          response.write(FIRST.subarray(0, 50_000), () => response.destroy())
        }
        return true
      },
      { mirrorServes: false },
    ))

  test('a variable that is not understood says so, without a password', async () => {
    const env = { STELLA_REGISTRY_MIRRORS: 'docker.io=https://me:hunter2@mirror.example' }
    const said = await complaintOf(open('debian', { env, patience: IMPATIENT }))
    expect(said).toMatch(
      /^2 stella: STELLA_REGISTRY_MIRRORS: it is no mirror: https:\/\/mirror.example/,
    )
    expect(said).not.toContain('hunter2')
  })
})
