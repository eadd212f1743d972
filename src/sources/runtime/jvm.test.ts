import { existsSync, readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import type { Server } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { fakeReader } from '../../../test/support/fake-reader.ts'
import type { FakeReader } from '../../../test/support/fake-reader.ts'
import { ask } from './ask.ts'
import { askJvm } from './jvm.ts'

const PID = 4242
const MAPS = '7f00-7f01 r-xp 00000000 fe:00 7 /opt/jdk/lib/server/libjvm.so\n'

/** What a JVM in a container of its own shows: it is PID 7 there. */
function files(changes: Readonly<Record<string, string>> = {}): Record<string, string> {
  const uid = process.geteuid?.() ?? 0
  const gid = process.getegid?.() ?? 0
  const own: Record<string, string> = {
    status: `Name:\tjava\nState:\tS (sleeping)\nUid:\t${uid}\t${uid}\t${uid}\t${uid}\nGid:\t${gid}\t${gid}\t${gid}\t${gid}\nNSpid:\t${PID}\t7\nSigCgt:\t2000000181005ccf\n`,
    stat: `${PID} (java) S ${'1 '.repeat(18)}98765 0`,
    maps: MAPS,
    cmdline: 'java\0-jar\0a.jar\0',
    environ: 'PATH=/bin\0',
    wchan: 'futex_wait_queue',
    'task/4242/comm': 'java\n',
    'task/4243/comm': 'Signal Dispatch\n',
    'cwd/x': '',
    'root/tmp/x': '',
    ...changes,
  }
  const all = Object.entries(own).map(([name, text]) => [`proc/${PID}/${name}`, text] as const)
  return {
    ...Object.fromEntries(all),
    // Counted as here, unless a test says otherwise.
    'proc/self/stat': `${process.pid} (node) S`,
  }
}

const open: { readers: FakeReader[]; servers: Server[] } = { readers: [], servers: [] }

function machine(changes: Readonly<Record<string, string>> = {}, more = {}): FakeReader {
  const reader = fakeReader({ files: { ...files(changes), ...more } })
  open.readers.push(reader)
  return reader
}

/** A socket where that JVM's would be; what is heard, and what is said to it. */
function listener(reader: FakeReader, answer: string | null): Promise<{ heard: string[] }> {
  const heard: string[] = []
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    if (answer === null) socket.destroy()
    socket.on('data', (chunk) => {
      heard.push(chunk.toString())
      socket.end(answer ?? '')
    })
  })
  open.servers.push(server)
  const path = join(reader.root, `proc/${PID}/root/tmp/.java_pid7`)
  return new Promise((resolve) => server.listen(path, () => resolve({ heard })))
}

afterEach(() => {
  for (const server of open.servers.splice(0)) server.close()
  for (const reader of open.readers.splice(0)) reader[Symbol.dispose]()
})

function asked(reader: FakeReader, command = 'VM.version', ms = 2_000) {
  return askJvm(reader, PID, command, AbortSignal.timeout(ms))
}

async function refusal(reader: FakeReader, ms?: number): Promise<string> {
  const reply = await asked(reader, 'VM.version', ms)
  return reply.ok ? `answered: ${reply.text}` : reply.why
}

describe('a JVM that listens', () => {
  it('is sent the command as jcmd sends it, and its answer comes back', async () => {
    const reader = machine()
    const { heard } = await listener(reader, '0\nOpenJDK 17\n')
    expect(await asked(reader)).toEqual({ ok: true, text: 'OpenJDK 17\n', truncated: false })
    expect(heard).toEqual(['1\0jcmd\0VM.version\0\0\0'])
  })

  it('is a question like any other', async () => {
    const reader = machine()
    await listener(reader, '0\nall\n')
    const question = { kind: 'jvm', id: 'v', command: 'VM.version' } as const
    const answer = await ask(reader, PID, question, AbortSignal.timeout(2_000))
    expect(answer).toEqual({ pid: PID, id: 'v', ok: true, text: 'all\n', truncated: false })
  })

  it.each([
    [
      '-1\njava.lang.IllegalArgumentException: Unknown diagnostic command\n',
      'this version of Java does not know VM.version',
    ],
    ['1\nOut of luck\nmore', 'it refused VM.version: Out of luck'],
    ['HTTP/1.1 400 Bad Request\r\n', 'its answer is not that of a JVM'],
  ])('%j: %s', async (answer, why) => {
    const reader = machine()
    await listener(reader, answer)
    expect(await refusal(reader)).toBe(why)
  })

  it('keeps flags that are texts to itself', async () => {
    const reader = machine()
    await listener(
      reader,
      '0\n  size_t MaxHeapSize  = 1 {product}\n   ccstr OnError  = curl -H token=x {product}\nccstrlist OnOutOfMemoryError = secret {product}\n',
    )
    expect(await asked(reader, 'VM.flags -all')).toMatchObject({
      text: '  size_t MaxHeapSize  = 1 {product}\n',
    })
  })

  it('may hang up on us, or say nothing in time', async () => {
    const rude = machine()
    await listener(rude, null)
    expect(await refusal(rude)).toMatch(/^it hung up: it listens to user \d+ and to root alone$/)
    const slow = machine()
    const server = createServer(() => undefined)
    open.servers.push(server)
    await new Promise<void>((resolve) =>
      server.listen(join(slow.root, `proc/${PID}/root/tmp/.java_pid7`), resolve),
    )
    expect(await refusal(slow, 100)).toBe('it did not answer in time')
  })

  it('is not asked what would end the request early', async () => {
    expect(await asked(machine(), 'VM.version\0load')).toMatchObject({ ok: false })
  })
})

describe('what a container may put in the way', () => {
  it('a link in place of the socket is not followed', async () => {
    const reader = machine()
    const elsewhere = join(reader.root, 'elsewhere.sock')
    const heard: string[] = []
    const server = createServer((socket) => socket.on('data', (chunk) => heard.push(String(chunk))))
    open.servers.push(server)
    await new Promise<void>((resolve) => server.listen(elsewhere, resolve))
    symlinkSync(elsewhere, join(reader.root, `proc/${PID}/root/tmp/.java_pid7`))
    expect(await refusal(reader)).toMatch(/there is no socket of user/)
    expect(heard).toEqual([])
  })

  it('neither is a plain file taken for one, nor a folder', async () => {
    expect(await refusal(machine({ 'root/tmp/.java_pid7': '' }))).toMatch(/is no socket of user/)
    expect(await refusal(machine({ 'root/tmp/.java_pid7/x': '' }))).toMatch(/is no socket of user/)
  })

  it('its /tmp may be a link: it leads to its own root, never to ours', async () => {
    const reader = machine()
    const root = join(reader.root, `proc/${PID}/root`)
    rmSync(join(root, 'tmp'), { recursive: true })
    // Absolute, to a folder that is there for us and not for it.
    symlinkSync('/usr', join(root, 'tmp'))
    expect(await refusal(reader)).toBe('a JVM listens in /tmp alone, and /tmp does not exist there')
    expect(existsSync('/usr/.attach_pid7')).toBe(false)
  })
})

describe('a process is not sent SIGQUIT', () => {
  it.each([
    [
      'unless it maps HotSpot',
      { maps: '7f00-7f01 r-xp 00000000 fe:00 7 /usr/bin/node\n' },
      'no JVM is loaded in it',
    ],
    [
      'if it is OpenJ9',
      { maps: `${MAPS}7f02-7f03 r-xp 00000000 fe:00 8 /opt/lib/default/libj9vm29.so\n` },
      'it is OpenJ9: it does not have the attach interface of HotSpot, and would write a javacore file',
    ],
    [
      'unless it has a handler',
      { status: files()[`proc/${PID}/status`]?.replace('5ccf', '5ccb') ?? '' },
      'it does not wait for SIGQUIT: -Xrs, or it has only just started',
    ],
    [
      'unless HotSpot has its thread for it',
      { 'task/4243/comm': 'main\n' },
      'it does not wait for SIGQUIT: -Xrs, or it has only just started',
    ],
    [
      'if it may not be attached to',
      { cmdline: 'java\0-XX:+DisableAttachMechanism\0A\0' },
      'its attach interface is off: -XX:+DisableAttachMechanism',
    ],
    [
      'by its environment, either',
      { environ: 'A=1\0JAVA_TOOL_OPTIONS=-Xmx1g -XX:+DisableAttachMechanism\0' },
      'its attach interface is off: -XX:+DisableAttachMechanism',
    ],
    [
      'if its own counters say so',
      {
        maps: `${MAPS}7f0a000-7f0b000 rw-s 00000000 fe:00 9 /tmp/hsperfdata_app/7\n`,
        'map_files/7f0a000-7f0b000': `sun.rt.jvmCapabilities\0\0${'0'.repeat(64)}`,
      },
      'its attach interface is off: -XX:+DisableAttachMechanism',
    ],
    [
      'if it is stopped',
      { status: files()[`proc/${PID}/status`]?.replace('S (sleeping)', 'T (stopped)') ?? '' },
      'it is stopped, or has ended',
    ],
    [
      'if it is frozen',
      { wchan: '__refrigerator' },
      'it is frozen (paused), or held up in the kernel',
    ],
    [
      'if another tool is attaching',
      { 'cwd/.attach_pid7': '' },
      'another tool is attaching to it, or left .attach_pid7 in its working directory',
    ],
    [
      'if another tool left its file',
      { 'root/tmp/.attach_pid7': '' },
      'another tool is attaching to it, or left its file in /tmp',
    ],
  ])('%s', async (_, changes: Record<string, string>, why) => {
    const reader = machine(changes)
    expect(await refusal(reader)).toBe(why)
  })

  it('nor where its group is frozen by cgroup v2, which no state shows', async () => {
    const reader = machine(
      { cgroup: '0::/system.slice/app\n' },
      { 'sys/fs/cgroup/system.slice/app/cgroup.events': 'populated 1\nfrozen 1\n' },
    )
    expect(await refusal(reader)).toBe('it is frozen (paused), or held up in the kernel')
  })

  it('nor where its user could not make its socket', async () => {
    const other = 'Uid:\t4321\t4321\t4321\t4321\nGid:\t4321\t4321\t4321\t4321\n'
    const status = (files()[`proc/${PID}/status`] ?? '').replace(/^Uid:.*\nGid:.*\n/m, other)
    expect(await refusal(machine({ status }))).toBe(
      'its user may not write to its /tmp, and a JVM listens nowhere else',
    )
  })

  it('nor where its PID is not ours to send one to', async () => {
    const reader = machine({}, { 'proc/self/stat': '1 (node) S' })
    expect(await refusal(reader)).toMatch(/counted in another PID namespace/)
    expect(existsSync(join(reader.root, `proc/${PID}/root/tmp/.attach_pid7`))).toBe(false)
  })

  it('nor where it is another process by now, and nothing is left behind', async () => {
    // stat without a start time: it ended between the two looks.
    const reader = machine({ stat: `${PID} (java) S 1` })
    expect(await refusal(reader)).toBe(`process ${PID} is gone`)
    expect(readdirSync(join(reader.root, `proc/${PID}/root/tmp`))).toEqual(['x'])
  })

  it('nor where there is none', async () => {
    const reader = fakeReader()
    open.readers.push(reader)
    expect(await refusal(reader)).toBe(`process ${PID} is gone`)
  })
})

it('no file of its own /tmp is overwritten', async () => {
  const reader = machine({ 'root/tmp/.attach_pid7': 'theirs' })
  await asked(reader)
  const text = readFileSync(join(reader.root, `proc/${PID}/root/tmp/.attach_pid7`), 'utf8')
  expect(text).toBe('theirs')
})
