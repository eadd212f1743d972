import type { ServerResponse } from 'node:http'
import { describe, expect, test } from 'vitest'
import {
  fakeRegistry,
  give,
  IMPATIENT,
  manifestWith,
} from '../../../../test/support/fake-registry.ts'
import {
  descriptorOf,
  digestOf,
  MANIFEST,
  sampleImage,
} from '../../../../test/support/image-files.ts'
import { complaintOf, open, readAll } from '../../../../test/support/opened.ts'
import { complaint, FIRST, IMAGE, isFirst, pulled } from '../../../../test/support/pulled-image.ts'

/** An answer that does not say how long it is. */
function chunked(response: ServerResponse): ServerResponse {
  return response.writeHead(200, { 'transfer-encoding': 'chunked' })
}

describe('an answer that goes wrong', () => {
  test('a connection that breaks is taken up where it broke, for the same content alone', async () => {
    const calls = await pulled((call, response) => {
      if (!isFirst(call)) return false
      const from = Number(/^bytes=(\d+)-/.exec(call.headers.range ?? '')?.[1] ?? 0)
      const isWhole = from > 150_000
      const headers = {
        'content-length': FIRST.length - from,
        'content-range': `bytes ${from}-${FIRST.length - 1}/${FIRST.length}`,
        etag: '"tag"',
      }
      response.writeHead(from === 0 ? 200 : 206, headers)
      if (isWhole) response.end(FIRST.subarray(from))
      else response.write(FIRST.subarray(from, from + 60_000), () => response.destroy())
      return true
    })
    const asked = calls.filter(isFirst)
    expect(asked.length).toBeGreaterThan(2)
    expect(asked[0]?.headers.range).toBeUndefined()
    expect(asked.slice(1).map(({ headers }) => headers['if-range'])).toEqual(
      asked.slice(1).map(() => '"tag"'),
    )
  })

  test('a server that knows no ranges gives what was there again, and it is passed over', async () => {
    const calls = await pulled((call, response, before) => {
      if (!isFirst(call) || before > 0) return false
      response.writeHead(200, { 'content-length': FIRST.length })
      response.write(FIRST.subarray(0, 80_000), () => response.destroy())
      return true
    })
    expect(calls.filter(isFirst)).toHaveLength(2)
  })

  test.each([429, 503])('%i is waited out as long as it says', async (status) => {
    const calls = await pulled((_, response, before) => {
      if (before > 0) return false
      response.writeHead(status, { 'retry-after': '0' }).end('busy')
      return true
    })
    expect(calls.length).toBeGreaterThanOrEqual(8)
  })

  test.each<[string, (response: ServerResponse) => void, RegExp]>([
    [
      'other bytes',
      (response) => give(response, Buffer.alloc(FIRST.length, 7), ''),
      /^2 stella: layer 1 of 127.0.0.1:\d+\/team\/app:1: its digest is not sha256:/,
    ],
    [
      'too many bytes',
      (response) => chunked(response).end(Buffer.concat([FIRST, FIRST])),
      /^2 .*layer 1 of .*longer than the \d+ bytes/,
    ],
    [
      'a length that is a lie',
      (response) => give(response, FIRST.subarray(0, 100), ''),
      /^2 .*announces 100 bytes, and the image states \d+/,
    ],
    [
      'too few bytes',
      (response) => chunked(response).end(FIRST.subarray(0, 100)),
      /^3 .*only 100 of \d+ bytes came from 127.0.0.1:\d+: it ended too soon/,
    ],
    [
      'silence in the middle',
      (response) => response.write(FIRST.subarray(0, 100)),
      /^3 .*only 100 of \d+ bytes came from .*: it stood still/,
    ],
    [
      'a part that was not asked for',
      (response) => response.writeHead(206, { 'content-range': 'bytes 5-9/10' }).end('12345'),
      /^2 .*another part than was asked for/,
    ],
    [
      'redirects without end',
      (response) => response.writeHead(307, { location: '#again' }).end(),
      /^2 .*redirects more than 5 times/,
    ],
    [
      'a redirect without TLS',
      (response) => response.writeHead(307, { location: 'http://example.org/x?key=hunter2' }).end(),
      /^2 .*redirects to http:\/\/example.org\/x, which is not encrypted/,
    ],
    [
      '500',
      (response) => response.writeHead(500).end('{"errors":[{"code":"UNKNOWN"}]}'),
      /^3 .*answers 500 \(UNKNOWN\)/,
    ],
  ])('%s', async (_, answer, expected) => {
    const said = await complaint((call, response) => {
      if (!isFirst(call)) return false
      answer(response)
      return true
    })
    expect(said).toMatch(expected)
    expect(said).not.toContain('hunter2')
  })

  test('a manifest with another digest than was asked for is refused', async () => {
    await using registry = await fakeRegistry(IMAGE)
    const other = sampleImage({ layerBytes: [1] })
    await using liar = await fakeRegistry(IMAGE, (call, response) => {
      if (!call.path.includes('/manifests/')) return false
      give(response, other.manifest, MANIFEST)
      return true
    })
    const name = `team/app@${IMAGE.manifestDigest}`
    const right = await open(`${registry.host}/${name}`, { patience: IMPATIENT })
    expect(right).toMatchObject({ image: { digest: IMAGE.manifestDigest } })
    const wrong = open(`${liar.host}/${name}`, { patience: IMPATIENT })
    expect(await complaintOf(wrong)).toMatch(/^2 .*manifest of .*its digest is not sha256:/)
  })

  test('what is not there, and what is not allowed', async () => {
    await using registry = await fakeRegistry(null, ({ path }, response) => {
      if (!path.includes('secret')) return false
      response.writeHead(403).end('{"errors":[{"code":"DENIED"}]}')
      return true
    })
    const ask = (name: string): Promise<string> =>
      complaintOf(open(`${registry.host}/${name}`, { patience: IMPATIENT }))
    expect(await ask('app:2')).toMatch(/^3 .*no such thing \(MANIFEST_UNKNOWN\); see that name/)
    expect(await ask('secret/app:2')).toMatch(/^3 .*does not allow it \(DENIED\)/)
  })

  test('nobody there', async () => {
    const said = await complaintOf(open('127.0.0.1:1/app', { patience: IMPATIENT }))
    expect(said).toMatch(/^3 .*the registry is out of reach \(/)
  })
})

test('a layer that is to be had elsewhere without TLS is refused', async () => {
  const layer = descriptorOf(
    Buffer.from('x'),
    'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
    { urls: ['http://example.org/layer'] },
  )
  const manifest = manifestWith(sampleImage({ layerBytes: [1] }), [layer])
  const image = sampleImage({ layerBytes: [1] })
  await using registry = await fakeRegistry(image, ({ path }, response) => {
    if (!path.endsWith('/manifests/1')) return false
    give(response, manifest, MANIFEST)
    return true
  })
  const opened = open(`${registry.host}/app:1`, { patience: IMPATIENT })
  const said = await complaintOf(opened.then((source) => readAll(source)))
  expect(said).toMatch(/^3 .*no such thing \(BLOB_UNKNOWN\)/)
  expect(registry.calls.at(-1)?.path).toContain(digestOf(Buffer.from('x')))
})
