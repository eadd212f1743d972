/** The same image in every form that real programs write, from every place where real programs keep one. */
import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkIntegrity } from '../../src/image/source/integrity.ts'
import { imageEngines } from '../../src/sources/docker/index.ts'
import { hostReader } from '../../src/sources/reader.ts'
import { breakingProxy } from '../support/breaking-proxy.ts'
import { testDocker, type TestDocker } from '../support/docker.ts'
import { IMPATIENT } from '../support/fake-registry.ts'
import {
  descriptorOf,
  INDEX,
  json,
  layoutFiles,
  MANIFEST,
  sampleImage,
} from '../support/image-files.ts'
import { fillLayout } from '../support/live-image.ts'
import { complaintOf, open, type Opening, readAll, written } from '../support/opened.ts'
import { requireParts } from '../support/parts.ts'
import { testPodman } from '../support/podman.ts'
import { startRegistry, type TestRegistry } from '../support/registry.ts'
import { run, testbedFolder } from '../support/testbed.ts'
import { startTokenServer } from '../support/token-server.ts'

describe.skipIf(requireParts('root', 'image-tools'))('images of real programs', () => {
  let folder = ''
  let layout = ''
  let diffIds: readonly (string | null)[] = []

  beforeAll(async () => {
    folder = mkdtempSync(join(testbedFolder('image-sources'), 'x'))
    layout = join(folder, 'layout')
    fillLayout(layout)
    const { image } = await readAll(await open(`oci:${layout}:one`))
    diffIds = image.layers.map(({ diffId }) => diffId)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  function copied(target: string, ...options: string[]): void {
    const copy = ['skopeo', '--insecure-policy', 'copy', '--quiet']
    run([...copy, ...options, `oci:${layout}:one`, target])
  }

  /** The image is the same, and every layer is what the config says. */
  async function expectSame(text: string, opening: Opening = {}): Promise<void> {
    const { image, blobs } = await readAll(await open(text, opening))
    expect(image.layers.map(({ diffId }) => diffId)).toEqual(diffIds)
    expect(blobs.every(({ length }) => length > 0)).toBe(true)
    expect(image.config?.entrypoint).toEqual(['/app'])
    // What is seeked is checked by whoever reads it.
    const signal = new AbortController().signal
    expect((await checkIntegrity(await open(text, opening), signal)).layers).toHaveLength(3)
  }

  test('three layers', () => {
    expect(diffIds).toHaveLength(3)
    expect(new Set(diffIds).size).toBe(3)
  })

  test.each<[string, string, string, string, string[]]>([
    ['skopeo: an OCI archive', 'gzip', 'oci-archive', 'a.oci:one', []],
    ['skopeo: an archive of Docker', 'none', 'docker-archive', 'a.docker:example/app:1', []],
    ['skopeo: layers in zstd', 'zstd', 'oci', 'zstd:one', ['--dest-compress-format=zstd']],
  ])('%s', async (_, compression, kind, place, options) => {
    copied(`${kind}:${join(folder, place)}`, ...options)
    const { image } = await readAll(await open(`${kind}:${join(folder, place)}`))
    expect(new Set(image.layers.map((layer) => layer.compression))).toEqual(new Set([compression]))
    const path = join(folder, place.replace(/:.*/, ''))
    await expectSame(`${kind}:${join(folder, place)}`)
    await expectSame(path)
    if (kind === 'oci') return
    run(['gzip', '--keep', path])
    await expectSame(`${path}.gz`)
    run(['zstd', '--quiet', path])
    await expectSame(`${path}.zst`)
    await expectSame('-', { stdin: () => createReadStream(path) })
  })

  test('skopeo: layers without compression in an OCI layout', async () => {
    const archive = `docker-archive:${join(folder, 'unpacked.tar')}:example/app:1`
    copied(archive)
    const plain = join(folder, 'plain')
    const copy = ['skopeo', '--insecure-policy', 'copy', '--quiet', archive, `oci:${plain}:one`]
    run([...copy, '--dest-oci-accept-uncompressed-layers'])
    await expectSame(plain)
    const { image } = await readAll(await open(plain))
    expect(new Set(image.layers.map(({ compression }) => compression))).toEqual(new Set(['none']))
    expect(image.layers.map(({ digest }) => digest)).toEqual(diffIds)
  })

  describe.skipIf(requireParts('docker', 'busybox'))('Docker', () => {
    let docker: TestDocker
    const name = `stella-test/source-${process.pid}`

    beforeAll(async () => {
      docker = await testDocker()
      const archive = join(folder, 'for-docker.tar')
      copied(`docker-archive:${archive}:${name}:1`)
      docker.cli('load', '--quiet', '--input', archive)
    }, 120_000)
    afterAll(() => docker.tryCli('image', 'rm', `${name}:1`))

    test('an image of the daemon, by its name, by a bare name, and saved', async () => {
      const reader = hostReader({ env: { ...process.env, ...docker.env } })
      const engines: Opening['engines'] = (engine) =>
        engine === 'docker' ? imageEngines(reader, engine) : []
      await expectSame(`docker:${name}:1`, { engines })
      await expectSame(`${name}:1`, { engines })
      const saved = join(folder, 'saved.tar')
      docker.cli('save', '--output', saved, `${name}:1`)
      await expectSame(saved)
      expect(await complaintOf(open('docker:stella-test/none', { engines }))).toMatch(
        /^3 stella: docker: there is no image stella-test\/none; see which there are/,
      )
    })

    test('a daemon that is not there', async () => {
      const reader = hostReader({ env: { DOCKER_HOST: 'unix:///nonexistent.sock' } })
      const engines: Opening['engines'] = (engine) => imageEngines(reader, engine)
      expect(await complaintOf(open('docker:x', { engines }))).toMatch(/^3 .*nonexistent.sock/)
    })
  })

  describe.skipIf(requireParts('podman'))('Podman', () => {
    const name = `localhost/stella-test/source-${process.pid}:1`

    test('an image of the program, and of its service', async () => {
      const podman = testPodman()
      const archive = join(folder, 'for-podman.tar')
      copied(`docker-archive:${archive}:${name}`)
      podman.cli('load', '--quiet', '--input', archive)
      const env = { ...process.env, ...podman.env }
      const engines: Opening['engines'] = (engine) =>
        engine === 'podman' ? imageEngines(hostReader({ env }), engine) : []
      await expectSame(`podman:${name}`, { engines })
      const saved = join(folder, 'podman.oci')
      podman.cli('save', '--quiet', '--format=oci-archive', '--output', saved, name)
      await expectSame(saved)
      const service = await podman.service()
      try {
        const asked = { ...env, CONTAINER_HOST: `unix://${service.socket}` }
        const served: Opening['engines'] = (engine) =>
          engine === 'podman' ? imageEngines(hostReader({ env: asked }), engine) : []
        await expectSame(`podman:${name}`, { engines: served })
      } finally {
        await service.stop()
        podman.tryCli('image', 'rm', name)
      }
    })
  })

  describe('a registry on loopback', () => {
    let registry: TestRegistry
    beforeAll(async () => {
      registry = await startRegistry()
      await registry.push(`oci:${layout}:one`, 'team/app:1')
      await registry.push(`oci:${layout}:one`, 'team/app:docker', '--format=v2s2')
    })
    afterAll(() => registry.stop())

    test('both families of documents, by tag and by digest', async () => {
      await expectSame(`${registry.host}/team/app:1`)
      await expectSame(`registry:${registry.host}/team/app:docker`)
      const { image } = await readAll(await open(`${registry.host}/team/app:docker`))
      expect(image.manifestMediaType).toContain('docker')
      await expectSame(`${registry.host}/team/app@${image.digest}`)
      expect(await complaintOf(open(`${registry.host}/team/app:none`))).toMatch(
        /^3 .*no such thing \(MANIFEST_UNKNOWN\)/,
      )
    })

    test('connections that break, again and again', async () => {
      const proxy = await breakingProxy(registry.host, 50_000)
      try {
        const text = `${proxy.host}/team/app:1`
        const patience = { ...IMPATIENT, attempts: 5 }
        const { blobs } = await readAll(await open(text, { patience }))
        const whole = await readAll(await open(`${registry.host}/team/app:1`))
        expect(blobs).toEqual(whole.blobs)
        expect(proxy.connections).toBeGreaterThan(4)
      } finally {
        proxy.close()
      }
    })

    test('a mirror that real programs can be told of, too', async () => {
      const env = { STELLA_REGISTRY_MIRRORS: `registry.invalid=http://${registry.host}` }
      await expectSame('registry.invalid/team/app:1', { env })
    })

    test('one name for several platforms', async () => {
      const arm = sampleImage({ platform: { architecture: 'arm64' }, layerBytes: [9] })
      const amd = sampleImage({ layerBytes: [7] })
      const entry = ({ manifest }: typeof arm, architecture: string): object =>
        descriptorOf(manifest, MANIFEST, { platform: { os: 'linux', architecture } })
      const index = json({
        schemaVersion: 2,
        mediaType: INDEX,
        manifests: [entry(amd, 'amd64'), entry(arm, 'arm64')],
      })
      const content = [amd, arm].flatMap((image) => [...image.content.values()])
      const name = { annotations: { 'org.opencontainers.image.ref.name': '1' } }
      const root = json({ schemaVersion: 2, manifests: [descriptorOf(index, INDEX, name)] })
      const several = written(join(folder, 'several'), layoutFiles([...content, index], root))
      await registry.push(`oci:${several}:1`, 'several:1', '--all')
      const text = `${registry.host}/several:1`
      const chosen = await readAll(await open(text, { platform: 'linux/arm64' }))
      expect(chosen.image.digest).toBe(arm.manifestDigest)
      expect(chosen.blobs).toEqual(arm.blobs)
      expect(await complaintOf(open(text, { platform: 'linux/s390x' }))).toContain(
        'choose with --platform: linux/amd64, linux/arm64',
      )
    })

    test('a blob that was damaged in its store', async () => {
      await registry.push(`oci:${layout}:two`, 'damaged:1')
      const { image } = await readAll(await open(`${registry.host}/damaged:1`))
      const file = registry.blobFile(image.layers.at(-1)?.digest ?? '')
      const bytes = readFileSync(file)
      bytes[30] = (bytes[30] ?? 0) ^ 1
      writeFileSync(file, bytes)
      const opened = await open(`${registry.host}/damaged:1`)
      expect(await complaintOf(readAll(opened))).toMatch(
        /^2 .*layer 4 of .*its digest is not sha256:/,
      )
    })
  })

  test('a registry that wants a name and a password', async () => {
    const registry = await startRegistry({ kind: 'basic', user: 'me', password: 'hunter2' })
    try {
      await registry.push(`oci:${layout}:one`, 'team/app:1')
      const text = `${registry.host}/team/app:1`
      expect(await complaintOf(open(text, { env: { HOME: folder } }))).toMatch(/^3 .*docker login/)
      // Written by the program itself.
      const file = join(folder, 'auth.json')
      const login = ['skopeo', 'login', '--tls-verify=false', `--authfile=${file}`, '--username=me']
      run([...login, '--password-stdin', registry.host], { input: 'hunter2' })
      await expectSame(text, { env: { REGISTRY_AUTH_FILE: file } })
    } finally {
      await registry.stop()
    }
  })

  test.skipIf(requireParts('openssl'))('a registry that wants a token', async () => {
    const user = { user: 'me', password: 'hunter2' }
    const tokens = await startTokenServer(folder, user)
    const registry = await startRegistry({ kind: 'token', ...tokens })
    try {
      await registry.push(`oci:${layout}:one`, 'team/app:1', '--dest-creds=me:hunter2')
      tokens.asked.length = 0
      const text = `${registry.host}/team/app:1`
      const said = await complaintOf(open(text, { env: { HOME: folder } }))
      expect(said).toMatch(/^3 .*does not let nobody who is known to it read team\/app/)
      const file = join(folder, 'token.json')
      const auth = Buffer.from('me:hunter2').toString('base64')
      writeFileSync(file, JSON.stringify({ auths: { [registry.host]: { auth } } }))
      await expectSame(text, { env: { REGISTRY_AUTH_FILE: file } })
      expect(new Set(tokens.asked.map(({ scope }) => scope))).toEqual(
        new Set(['repository:team/app:pull']),
      )
    } finally {
      await registry.stop()
      tokens.close()
    }
  })
})
