import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { krewManifest } from '../../scripts/release/krew.ts'
import { listField, textField } from '../../src/parsers/json-fields.ts'
import { requireParts } from '../support/parts.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stella-test-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.skipIf(!existsSync(join(ROOT, 'dist/cli.js')))('the plugin under a real kubectl', () => {
  const lacks = requireParts('kubectl') !== null

  /** The programs as an installation links them into the PATH. */
  function kubectl(...args: string[]) {
    const bin = join(folder, 'bin')
    mkdirSync(bin, { recursive: true })
    for (const name of ['kubectl-stella', 'kubectl_complete-stella']) {
      if (!existsSync(join(bin, name))) symlinkSync(join(ROOT, 'bin', name), join(bin, name))
    }
    const env = { HOME: folder, PATH: `${bin}:${process.env['PATH']}` }
    const { status, stdout, stderr } = spawnSync('kubectl', args, { env, encoding: 'utf8' })
    return { status, stdout, stderr }
  }

  test.skipIf(lacks)('is listed, and alone shows its help', () => {
    expect(kubectl('plugin', 'list').stdout).toContain(join(folder, 'bin/kubectl-stella'))
    const { status, stdout } = kubectl('stella')
    expect(status).toBe(0)
    expect(stdout).toContain('kubectl stella COMMAND [POD]')
  })

  test.skipIf(lacks)('hands words, output and exit code through', () => {
    const log = join(ROOT, 'fixtures/guest/6.1/own-limit')
    const judged = kubectl('stella', 'why', '--from', log, '--json')
    expect(judged).toMatchObject({ status: 0, stderr: '' })
    expect(textField(JSON.parse(judged.stdout), 'verdict', 'code')).toBe('oom-own-limit')
    expect(kubectl('stella', 'why', 'deploy/cart', '-n', 'shop')).toEqual({
      status: 2,
      stdout: '',
      stderr:
        "stella: deploy/cart is no pod; name one of its pods, as 'kubectl get pods' lists them\n",
    })
  })

  test.skipIf(lacks)('is completed by the shell as far as kubectl is', () => {
    const { stdout } = kubectl('__complete', 'stella', 'wh')
    expect(stdout.split('\n').slice(0, 2)).toEqual([
      'why\tWhy did it die, or what threatens it',
      ':4',
    ])
  })
})

/** By the checks of Krew 0.4 (internal/index/validation), and the 50 characters that its search shows. */
describe('the manifest for Krew', () => {
  const SHA256 = /^[a-f0-9]{64}$/

  function expectValid(manifest: unknown): void {
    expect(manifest).toMatchObject({
      apiVersion: 'krew.googlecontainertools.github.com/v1alpha2',
      kind: 'Plugin',
      metadata: { name: 'stella' },
      spec: {
        version: expect.stringMatching(/^v\d+\.\d+\.\d+(-[\w.]+)?$/),
        shortDescription: expect.stringMatching(/^.{1,50}$/),
      },
    })
    const platforms = listField(manifest, 9, 'spec', 'platforms')
    expect(platforms).not.toHaveLength(0)
    for (const platform of platforms) {
      expect(platform).toEqual({
        selector: {
          matchLabels: { os: 'linux', arch: expect.stringMatching(/^(?:amd64|arm64)$/) },
        },
        uri: expect.stringMatching(/^https:\/\/\S+\.tgz$/),
        sha256: expect.stringMatching(SHA256),
        files: [{ from: 'package/*', to: '.' }],
        bin: 'bin/kubectl-stella',
      })
    }
  }

  test('stands by the rules', () => {
    expectValid(parse(readFileSync(join(ROOT, 'deploy/krew/stella.yaml'), 'utf8')))
  })

  test('of a release has its version, and of each processor the address and the sum of its archive', () => {
    const archive = (name: string): { file: string; uri: string } => {
      const file = join(folder, name)
      writeFileSync(file, name)
      return { file, uri: `https://releases.example.com/${name}` }
    }
    const archives = { amd64: archive('with-node.tgz'), arm64: archive('plain.tgz') }
    const manifest: unknown = parse(krewManifest('1.2.3', archives))
    expectValid(manifest)
    expect(textField(manifest, 'spec', 'version')).toBe('v1.2.3')
    const sums = { amd64: sha256('with-node.tgz'), arm64: sha256('plain.tgz') }
    expect(listField(manifest, 9, 'spec', 'platforms')).toMatchObject(
      (['amd64', 'arm64'] as const).map((arch) => ({
        selector: { matchLabels: { arch } },
        uri: archives[arch].uri,
        sha256: sums[arch],
      })),
    )
  })
})

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
