/** The built program where not all is as usual: it says what is in the way in one line, and leaves nothing behind. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LAUNCHER, REPO } from '../../scripts/lib/repo.ts'
import { descriptorOf, layoutOf, MANIFEST, sampleImage } from '../support/image-files.ts'
import { written } from '../support/opened.ts'
import { requireParts } from '../support/parts.ts'
import { until } from '../support/testbed.ts'

const FOLDER = mkdtempSync(join(tmpdir(), 'stella-test-odd-'))
const LOG = join(FOLDER, 'kernel.log')
const IMAGE = join(FOLDER, 'image')
beforeAll(() => {
  chmodSync(FOLDER, 0o755)
  cpSync(join(REPO, 'fixtures/guest/6.1/oom-group'), LOG, { recursive: true })
  const image = sampleImage()
  written(IMAGE, layoutOf([image], [descriptorOf(image.manifest, MANIFEST)]))
})
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }))

interface Ended {
  status: number | null
  out: string
  err: string
}

/** Runs a line of a shell in which `stella` is the program; `FOLDER`, `LOG` and `IMAGE` are variables of it. */
function shell(line: string, env: Readonly<Record<string, string>> = {}): Ended {
  const stella = `stella() { '${process.execPath}' '${LAUNCHER}' "$@"; }`
  const { status, stdout, stderr } = spawnSync('bash', ['--norc', '-c', `${stella}\n${line}`], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      STELLA_DATA: join(FOLDER, 'data'),
      ...{ FOLDER, LOG, IMAGE },
      ...env,
    },
  })
  return { status, out: stdout, err: stderr }
}

const FULL =
  'stella: standard output: the answer cannot be written (ENOSPC); see that there is room for it\n'
const GONE =
  'stella: the folder in which it was called was removed; go to one that is there, and call it again\n'

describe('whoever reads', () => {
  it.each<[what: string, line: string, ended: Partial<Ended>]>([
    ['has seen enough', 'stella why --from $LOG --json | head -1', { out: '{\n', err: '' }],
    ['has gone', 'stella --help | true; echo ${PIPESTATUS[0]}', { out: '0\n', err: '' }],
    ['has no room', 'stella why --from $LOG >/dev/full', { status: 3, err: FULL }],
    ['has no room for complaints', 'stella why 2>/dev/full', { status: 2, out: '' }],
    ['has gone, and hears no complaint', 'stella why 2> >(true)', { status: 2, out: '' }],
    ['has closed everything', 'stella why --from $LOG <&- >&- 2>&-', { status: 0 }],
    ['has closed standard input', 'stella why - <&-', { status: 4, err: '' }],
  ])('%s', (_what, line, ended) => {
    expect(shell(line)).toMatchObject(ended)
  })
})

describe('what is around it', () => {
  const version = /^\d+\.\d+\.\d+/
  const verdict = /^oom-/m
  it.each<[what: string, line: string, env: Record<string, string>, ended: object]>([
    [
      'a folder that was removed',
      'mkdir $FOLDER/a; cd $FOLDER/a; rmdir $FOLDER/a; stella audit $LOG',
      {},
      { status: 3, err: GONE },
    ],
    [
      'no home',
      'unset HOME; stella why --from $LOG --quiet',
      {},
      { status: 0, out: expect.stringMatching(verdict), err: '' },
    ],
    [
      'a home that cannot be written',
      'stella why --from $LOG --quiet',
      { HOME: '/proc', XDG_STATE_HOME: '/proc/a', XDG_CACHE_HOME: '/proc/b' },
      { status: 0, err: '' },
    ],
    [
      'a data folder where there is none',
      'stella pressure list; stella watch',
      { STELLA_DATA: '/proc/nowhere' },
      {
        status: 3,
        err: expect.stringMatching(
          /^stella: \/proc\/nowhere[^\n]*: nothing can be kept in this folder \(ENOENT\); [^\n]*\n$/,
        ),
      },
    ],
    [
      'no folder for what is temporary',
      'stella scan image oci:$IMAGE',
      { TMPDIR: '/proc/nowhere' },
      {
        status: 3,
        out: '',
        err: 'stella: /proc/nowhere: no temporary file can be made there (ENOENT); name another folder with TMPDIR\n',
      },
    ],
    [
      'a time zone that there is none of',
      'stella why --from $LOG --quiet',
      { TZ: 'Mars/Olympus' },
      { status: 0, err: '' },
    ],
    [
      'a terminal of letters alone',
      'stella --version',
      { LC_ALL: 'C', TERM: 'dumb', COLUMNS: '20' },
      { status: 0, out: expect.stringMatching(version), err: '' },
    ],
    [
      'colours that are asked for where nobody can see any',
      'stella why --from $LOG',
      { FORCE_COLOR: '3' },
      { status: 0, out: expect.not.stringContaining('\u001b'), err: '' },
    ],
  ])('%s', (_what, line, env, ended) => {
    expect(shell(line, env)).toMatchObject(ended)
  })

  it('times are those of the place for people, and UTC in JSON', () => {
    const env = { TZ: 'Asia/Kathmandu' }
    const timed = join(REPO, 'fixtures/kernel-log/own-limit.journal.json')
    const { out } = shell(`stella why --from ${timed}`, env)
    expect(out).toMatch(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} \+05:45/)
    expect(out).not.toMatch(/\d{4}-\d\d-\d\dT[\d:.]+Z/)
    expect(shell(`stella why --from ${timed} --json`, env).out).not.toContain('+05:45')
  })
})

describe('a scan that is ended in its midst', () => {
  const temporary = join(FOLDER, 'temporary')
  beforeAll(() => mkdirSync(temporary))

  it.each([
    ['because nobody reads on', 'stella scan image oci:$IMAGE --format spdx | true'],
    ['by an image that is damaged', 'stella scan image oci:$FOLDER; stella scan image $LOG'],
  ])('leaves nothing behind, %s', (_what, line) => {
    shell(line, { TMPDIR: temporary })
    expect(readdirSync(temporary)).toEqual([])
  })

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'leaves nothing behind at %s',
    async (signal) => {
      const child = spawn(
        process.execPath,
        [LAUNCHER, 'scan', 'image', '-', '-o', `${FOLDER}/out`],
        {
          stdio: ['pipe', 'ignore', 'ignore'],
          env: { ...process.env, TMPDIR: temporary, STELLA_DATA: join(FOLDER, 'data') },
        },
      )
      // The first bytes of an archive: it waits for the others.
      child.stdin.on('error', () => {}).write(archiveBeginning())
      await until('its folder is there', () => readdirSync(temporary).length > 0)
      child.kill(signal)
      await once(child, 'close')
      expect([child.signalCode, readdirSync(temporary)]).toEqual([signal, []])
      expect(readdirSync(FOLDER).filter((name) => name.startsWith('out'))).toEqual([])
    },
  )
})

/** The head of the first file of an archive, as tar(5) has it: 1 MiB will follow. */
function archiveBeginning(): Buffer {
  const head = Buffer.alloc(512)
  head.write('layer.tar')
  head.write('0000644\0', 100)
  head.write('00004000000\0', 124)
  head.write('ustar\x0000', 257)
  head.write('        ', 148)
  const sum = head.reduce((total, byte) => total + byte, 0)
  head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return Buffer.concat([head, Buffer.alloc(64 * 1024)])
}

describe.skipIf(requireParts('root', 'setpriv'))('a user without rights', () => {
  const nobody =
    'nobody() { setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all --bounding-set=-all "$@"; }'
  const kept = join(FOLDER, 'kept')
  beforeAll(() => {
    mkdirSync(kept, { mode: 0o700 })
    writeFileSync(join(kept, 'file'), '')
  })

  it.each<[line: string, ended: object]>([
    [
      'why --from $FOLDER/kept/file',
      {
        status: 4,
        out: expect.stringMatching(/kept\/file could not be read: permission denied; /),
        err: '',
      },
    ],
    [
      'scanner status --data $FOLDER/kept/data',
      {
        status: 3,
        err: expect.stringMatching(
          /^stella: \S+kept\/data: nothing can be kept in this folder \(EACCES\); [^\n]+\n$/,
        ),
      },
    ],
    ['cases list --data $FOLDER/kept', { err: expect.not.stringContaining('    at ') }],
    ['top --once', { err: expect.not.stringContaining('fault') }],
  ])('stella %s', (line, ended) => {
    const command = `${nobody}; nobody '${process.execPath}' '${LAUNCHER}' ${line}`
    expect(shell(command, { HOME: '/nonexistent' })).toMatchObject(ended)
  })
})
