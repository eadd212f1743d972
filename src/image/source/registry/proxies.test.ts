import { createServer } from 'node:http'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { fakeRegistry, IMPATIENT } from '../../../../test/support/fake-registry.ts'
import { sampleImage } from '../../../../test/support/image-files.ts'
import { complaintOf, open, readAll } from '../../../../test/support/opened.ts'
import { portOf } from '../../../../test/support/port-of.ts'

test('a registry is reached through a proxy, and this machine without', async () => {
  const image = sampleImage()
  await using registry = await fakeRegistry(image)
  const asked = new Set<string>()
  const proxy = createServer().on('connect', ({ url = '' }, near) => {
    asked.add(url)
    const far = connect(Number(registry.host.split(':')[1]), '127.0.0.1')
    near.write('HTTP/1.1 200 OK\r\n\r\n')
    near.on('error', () => far.destroy()).pipe(far)
    far.on('error', () => near.destroy()).pipe(near)
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  const env = {
    http_proxy: `http://127.0.0.1:${portOf(proxy.address())}`,
    NO_PROXY: 'near.invalid',
    STELLA_REGISTRY_MIRRORS: 'far.invalid=http://far.invalid,near.invalid=http://near.invalid',
  }
  try {
    const read = await readAll(await open('far.invalid/app:1', { env, patience: IMPATIENT }))
    expect(read.blobs).toEqual(image.blobs)
    await open(`${registry.host}/app:1`, { env, patience: IMPATIENT })
    const near = open('near.invalid/app:1', { env, patience: IMPATIENT })
    expect(await complaintOf(near)).toMatch(/^3 .*out of reach/)
    expect([...asked]).toEqual(['far.invalid:80'])
  } finally {
    proxy.closeAllConnections()
    proxy.close()
  }
})
