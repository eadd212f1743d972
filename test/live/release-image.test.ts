/** The image of a release, which is made without an engine, in a real one. */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeImage } from '../../scripts/release/image.ts'
import { stageProgram } from '../../scripts/release/stage.ts'
import { testDocker } from '../support/docker.ts'
import type { TestDocker } from '../support/docker.ts'
import { requireParts } from '../support/parts.ts'
import { run, testbedFolder, until } from '../support/testbed.ts'

const MINUTES = 60_000
const MAX_STORED_BYTES = 80e6
const CLOSED = [
  '--network=none',
  '--read-only',
  '--cap-drop=ALL',
  '--security-opt=no-new-privileges',
]

describe.skipIf(requireParts('root', 'docker', 'dpkg', 'image-tools'))(
  'the image of a release',
  () => {
    let docker: TestDocker
    let folder = ''
    let archive = ''
    let loaded = ''
    const image = 'stella:1.2.3'
    const server = `stella-test-${process.pid}-release`

    beforeAll(async () => {
      docker = await testDocker()
      folder = mkdtempSync(join(testbedFolder(), 'release-image-'))
      chmodSync(folder, 0o755)
      archive = join(folder, 'stella.tar')
      const work = join(folder, 'work')
      mkdirSync(work)
      const staged = join(folder, 'stella')
      await stageProgram(staged)
      await writeImage(
        staged,
        archive,
        { version: '1.2.3', revision: 'abc', epoch: 1_750_000_000 },
        work,
      )
      loaded = docker.cli('load', '--quiet', '--input', archive)
    }, 10 * MINUTES)
    afterAll(() => {
      docker.tryCli('rm', '--force', '--volumes', server)
      docker.tryCli('rmi', image)
      rmSync(folder, { recursive: true, force: true })
    })

    const inside = (...words: string[]): string => {
      const [entry = '', ...rest] = words
      return docker.cli('run', '--rm', ...CLOSED, `--entrypoint=${entry}`, image, ...rest)
    }

    it('is loaded by its own name from the file as it is, by engines that know nothing of OCI too', () => {
      expect(loaded).toBe(`Loaded image: ${image}\n`)
      const copied = run(['skopeo', 'inspect', '--raw', `oci-archive:${archive}`])
      expect(JSON.parse(copied).mediaType).toBe('application/vnd.oci.image.manifest.v1+json')
    })

    it('is small, belongs to nobody, and says what it is', () => {
      expect(statSync(archive).size).toBeLessThan(MAX_STORED_BYTES)
      const [{ Config: config, Created: created }] = JSON.parse(
        docker.cli('image', 'inspect', image),
      )
      expect(config.User).toBe('10001:10001')
      expect(config.Labels).toMatchObject({
        'org.opencontainers.image.licenses': 'Apache-2.0',
        'org.opencontainers.image.version': '1.2.3',
        'org.opencontainers.image.revision': 'abc',
        'org.opencontainers.image.created': '2025-06-15T15:06:40.000Z',
      })
      expect(created).toBe('2025-06-15T15:06:40Z')
    })

    it('has Node and a shell, and no package manager; nothing of it may be written by its user', () => {
      expect(inside('stella', '--version')).toMatch(/^\d+\.\d+\.\d+\n$/)
      expect(inside('id', '-u')).toBe('10001\n')
      const asked =
        'for name in npm apt dpkg rpm wget nc; do command -v $name && echo there; done; true'
      // In its own shell, busybox answers to names that lie nowhere.
      expect(inside('bash', '-c', asked)).not.toContain('there')
      const all = [
        '/',
        '-xdev',
        '(',
        '-user',
        '10001',
        '-o',
        '-perm',
        '-0002',
        ')',
        '!',
        '-type',
        'l',
      ]
      const asRoot = ['--network=none', '--user=0', '--entrypoint=find']
      const places = docker.cli('run', '--rm', ...asRoot, image, ...all).split('\n')
      expect(places).toContain('/tmp')
      // Places for what passes, as Debian has them, and what the engine brings.
      const usual =
        /^(?:|\/(?:dev|proc|sys)(?:\/.*)?|\/(?:tmp|var\/tmp|var\/lock|var\/lib\/stella))$/
      expect(places.filter((path) => !usual.test(path))).toEqual([])
    })

    it('judges a recorded kill on a file system that cannot be written', () => {
      const log = readFileSync(
        new URL('../../fixtures/guest/6.1/own-limit/kernel.log', import.meta.url),
      )
      const judged = run(
        ['docker', 'run', '--rm', '--interactive', ...CLOSED, image, 'why', '--from', '-', '--all'],
        {
          env: docker.env,
          input: log,
        },
      )
      expect(judged).toContain('oom-own-limit')
    })

    it('serves without any right, and is healthy by its own check', async () => {
      const health = ['--health-interval=1s', '--health-start-period=0s', '--health-retries=60']
      const options = [
        ...CLOSED,
        ...health,
        '--tmpfs=/tmp:size=16m',
        '--memory=384m',
        '--memory-swap=384m',
      ]
      const command = ['serve', '--no-watch', '--listen=127.0.0.1:8137']
      docker.cli('run', '--detach', `--name=${server}`, ...options, image, ...command)
      const state = (): string =>
        docker.cli('inspect', '--format', '{{.State.Health.Status}}', server).trim()
      await until('it is healthy', () => state() === 'healthy', MINUTES)
      docker.cli('stop', server)
      expect(docker.cli('inspect', '--format', '{{.State.ExitCode}}', server).trim()).toBe('0')
    })
  },
)
