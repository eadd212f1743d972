import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { MIB } from '../../src/model/bytes.ts'
import { readJournal } from '../../src/store/cases.ts'
import type { CaseEntry } from '../../src/store/cases.ts'
import { createGroup } from '../support/cgroups.ts'
import { testDocker } from '../support/docker.ts'
import type { TestDocker } from '../support/docker.ts'
import { hog } from '../support/hog.ts'
import { roomForReports } from '../support/oom-reports.ts'
import { requireParts } from '../support/parts.ts'
import { testPodman } from '../support/podman.ts'
import type { TestPodman } from '../support/podman.ts'
import { portOf } from '../support/port-of.ts'
import { runStella } from '../support/program.ts'
import { until } from '../support/testbed.ts'
import { startWatching, victimsIn, WITHOUT_KERNEL_LOG } from '../support/watching.ts'
import type { PrintedEntry, Watching } from '../support/watching.ts'

let folder = ''
let running: Watching[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stella-test-watch-'))
})
afterEach(async () => {
  for (const each of running) await each.kill()
  running = []
  rmSync(folder, { recursive: true, force: true })
})

async function watch(
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Watching> {
  const started = await startWatching(folder, args, env)
  running.push(started)
  return started
}

/** Kills one process at the limit of a group of its own, and gives its PID. */
async function killOne(name: string, limit = 8 * MIB): Promise<number> {
  const group = createGroup(name, limit)
  try {
    const { pid, ended } = group.start([await hog(), 'anon=64M'])
    const { signal } = await ended
    if (signal !== 'SIGKILL') throw new Error(`${pid} was not killed`)
    return pid
  } finally {
    await group.remove()
  }
}

/** Kills many, some at a time. */
async function storm(count: number): Promise<number[]> {
  const pids: number[] = []
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < count) pids.push(await killOne(`storm-${next++}`))
  }
  await Promise.all(Array.from({ length: 8 }, lane))
  return pids
}

const tellsOf =
  (pid: number) =>
  (entry: PrintedEntry): boolean =>
    entry.case?.victims.some((victim) => victim.pid === pid) ?? false

describe.skipIf(requireParts('root', 'kmsg', 'compiler'))('stella watch', () => {
  it('records a kill with its limit and its victim, and lists it', async () => {
    await roomForReports()
    const watching = await watch()
    const pid = await killOne('watch-one', 16 * MIB)
    const { case: found } = await watching.sees('the kill', tellsOf(pid))
    expect(found?.verdict.code).toBe('oom-own-limit')
    expect(found?.verdict.summary).toContain('16 MiB')
    expect(found?.subject.name).toMatch(/^\/stella-test-\d+-watch-one$/)
    expect(await watching.stop()).toBe(0)
    const { out } = await runStella(['cases', 'list', '--data', folder, '--json'])
    expect(JSON.parse(out).cases).toContainEqual(expect.objectContaining({ id: found?.id }))
  })

  it('loses none of 1,000 kills in a storm, and records each once', async () => {
    const watching = await watch()
    const begun = Date.now()
    const pids = await storm(1_000)
    const missing = (): number[] => {
      const seen = victimsIn(watching.entries)
      return pids.filter((pid) => !seen.has(pid))
    }
    for (let tries = 0; tries < 100 && missing().length > 0; tries++) await pause(100)
    expect(missing()).toEqual([])
    const first = watching.entries.filter(
      (entry) => entry.revision === 1 && Date.parse(entry.case?.at ?? '') >= begun - 1_000,
    )
    const told = first.flatMap(({ case: one }) => one?.victims.map(({ pid }) => pid) ?? [])
    expect(told.filter((pid) => pids.includes(pid)).toSorted((a, b) => a - b)).toEqual(
      pids.toSorted((a, b) => a - b),
    )
  }, 180_000)

  it('misses nothing that happened while it was dead, and records nothing twice', async () => {
    const before = await watch()
    const first = await killOne('watch-before')
    await before.sees('the kill before', tellsOf(first))
    const halfway = storm(60)
    await pause(150)
    await before.kill()
    const pids = await halfway
    const meanwhile = await killOne('watch-meanwhile')
    const after = await watch()
    await after.sees('the kill meanwhile', tellsOf(meanwhile))
    // What was written as the watch died was told to nobody; it is recorded all the same.
    const recorded: CaseEntry[] = []
    for await (const entry of readJournal(folder)) {
      if (entry.kind === 'case' && entry.revision === 1) recorded.push(entry)
    }
    const victims = recorded.flatMap((entry) => entry.case.victims.map(({ pid }) => pid))
    expect(pids.filter((pid) => !victims.includes(pid))).toEqual([])
    expect(pids.filter((pid) => victims.indexOf(pid) !== victims.lastIndexOf(pid))).toEqual([])
    const toldBefore = new Set(before.entries.flatMap(({ incident }) => incident ?? []))
    const again = after.entries.filter(({ incident }) => toldBefore.has(incident ?? ''))
    expect(again.map(({ incident }) => incident)).toEqual([])
  })

  it('warns before the limit, once, and keeps where the memory was for the case', async () => {
    const watching = await watch()
    const group = createGroup('watch-grows', 64 * MIB)
    try {
      const { pid, ended } = group.start([
        await hog(),
        'anon=30M',
        'sleep=2500',
        'anon=23M',
        'sleep=2500',
        'anon=9M',
        'sleep=3000',
        'anon=40M',
      ])
      const near = await watching.sees('the warning', ({ warning }) => warning?.path === group.path)
      expect(near.warning?.level).toBe('warning')
      const critical = await watching.sees(
        'the second warning',
        ({ warning }) => warning?.path === group.path && warning.level === 'critical',
      )
      expect(critical.warning?.says).toMatch(
        /is about to reach its limit: 6\d(?:\.\d+)? MiB of 64 MiB/,
      )
      expect(critical.warning?.bill).not.toBeNull()
      await ended
      const { case: found } = await watching.sees('the kill', tellsOf(pid))
      expect(found?.timeline.map(({ what }) => what)).toContainEqual(critical.warning?.says)
      expect(
        found?.evidence.some(({ says }) => /before it consisted of: anonymous/.test(says)),
      ).toBe(true)
      const levels = watching.entries.flatMap(({ warning }) =>
        warning?.path === group.path ? [warning.level] : [],
      )
      // Once it is dead, it is far from its limit again.
      expect(levels.filter((level) => level !== 'over')).toEqual(['warning', 'critical'])
    } finally {
      await group.remove()
    }
  })

  it('tells a webhook once of a subject, and says nothing of what happened before', async () => {
    const bodies: { text: string; stella: { kind: string; heldBack: number } }[] = []
    const server = createServer((request, response) => {
      let text = ''
      request.on('data', (chunk: Buffer) => (text += chunk.toString()))
      request.on('end', () => {
        bodies.push(JSON.parse(text))
        response.end('ok')
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      await killOne('watch-old')
      const port = portOf(server.address())
      await pause(1_100)
      const watching = await watch(['--webhook', `http://127.0.0.1:${port}/secret`])
      const group = createGroup('watch-loops', 8 * MIB)
      const pids: number[] = []
      try {
        for (let round = 0; round < 3; round++) {
          const { pid, ended } = group.start([await hog(), 'anon=64M'])
          await ended
          pids.push(pid)
        }
      } finally {
        await group.remove()
      }
      for (const pid of pids) await watching.sees(`the kill of ${pid}`, tellsOf(pid))
      expect(await watching.stop()).toBe(0)
      // A round that falls between its start and its end warns of it, too.
      const about = bodies.filter(
        ({ text, stella }) => stella.kind === 'case' && text.includes('watch-loops'),
      )
      expect(about).toHaveLength(1)
      expect(about[0]?.text).toContain('stella cases show c_')
      expect(bodies.filter(({ text }) => text.includes('watch-old'))).toEqual([])
      expect(watching.err).toMatch(/^watching; cases go to \/\S+\n$/)
    } finally {
      server.close()
    }
  })

  it('knows kills from counters where the kernel log cannot be read, and says that it is blind', async () => {
    const watching = await startWatching(folder, [], {}, WITHOUT_KERNEL_LOG)
    running.push(watching)
    const blind = await watching.sees(
      'the word',
      ({ what, source }) => what === 'blind' && source === 'kernel log',
    )
    expect(blind.says).toMatch(/^\/dev\/kmsg is not the kernel log here: .*CAP_SYSLOG/)
    const group = createGroup('watch-blind', 8 * MIB)
    try {
      // Somebody lives on in the group, so that there is something to be asked.
      group.start(['sleep', '30'])
      const { ended } = group.start([await hog(), 'anon=64M'])
      await pause(1_200)
      const { case: found } = await watching.sees(
        'the kill',
        (entry) => entry.case?.subject.name === group.path,
      )
      expect((await ended).signal).toBe('SIGKILL')
      expect(found?.verdict.code).toBe('oom-own-limit')
      expect(found?.at).not.toBeNull()
    } finally {
      await group.remove()
    }
  })

  it('is the only one that writes its journal', async () => {
    await watch()
    const second = await runStella(['watch', '--data', folder])
    expect(second.code).toBe(3)
    expect(second.err).toMatch(/^stella: .*process \d+ writes the journal of cases already; /)
  })
})

describe.skipIf(requireParts('root', 'kmsg', 'docker', 'busybox', 'compiler'))(
  'stella watch on containers',
  () => {
    let docker: TestDocker
    let image = ''
    const names: string[] = []

    beforeAll(async () => {
      docker = await testDocker()
      image = await docker.image()
    }, 120_000)
    afterAll(() => {
      if (names.length > 0) docker.tryCli('rm', '--force', ...names)
    })

    function start(label: string, options: readonly string[], ...command: string[]): string {
      const name = `stella-test-${process.pid}-${label}`
      names.push(name)
      docker.cli(
        'run',
        '--detach',
        '--network=none',
        `--name=${name}`,
        ...options,
        image,
        ...command,
      )
      return name
    }

    const ofContainer =
      (name: string, revision: number) =>
      (entry: PrintedEntry): boolean =>
        entry.case?.subject.name === name && (entry.revision ?? 0) >= revision

    it('knows the container by its name, and a moment later what its engine says', async () => {
      await roomForReports()
      const watching = await watch([], docker.env)
      const name = start('watch-oom', ['--memory=16m'], 'hog', 'sleep=1500', 'anon=64M')
      const better = await watching.sees('the case with its engine', ofContainer(name, 2))
      expect(better.case?.verdict).toMatchObject({ code: 'oom-own-limit', mainProcessDied: true })
      expect(better.case?.evidence.some(({ from }) => from.includes('/containers/'))).toBe(true)
    })

    it('tells an end by somebody else from a kill by the kernel', async () => {
      const watching = await watch([], docker.env)
      const name = start('watch-killed', ['--memory=64m'], 'hog', 'stay')
      docker.cli('kill', name)
      const found = await watching.sees('the end', ofContainer(name, 1))
      expect(found.case?.verdict.code).toBe('killed-not-memory')
    })

    it('sees a child that was killed while its container lives on', async () => {
      await roomForReports()
      const watching = await watch([], docker.env)
      const name = start('watch-child', ['--memory=16m'], 'hog', 'child=64M', 'stay')
      const found = await watching.sees('the case', ofContainer(name, 2))
      expect(found.case?.verdict.mainProcessDied).toBe(false)
    })

    it('says nothing of a container that ends as it should', async () => {
      const watching = await watch([], docker.env)
      const name = start('watch-exits', ['--memory=64m'], 'hog', 'exit=0')
      const failed = start('watch-fails', ['--memory=64m'], 'hog', 'exit=3')
      docker.cli('wait', name, failed)
      await pause(3_000)
      expect(watching.entries.filter(({ case: one }) => one?.subject.name === name)).toEqual([])
      expect(watching.entries.filter(({ case: one }) => one?.subject.name === failed)).toEqual([])
    })
  },
)

describe.skipIf(requireParts('root', 'kmsg', 'podman', 'busybox', 'compiler'))(
  'stella watch on containers of Podman',
  () => {
    let podman: TestPodman
    let image = ''
    const names: string[] = []

    beforeAll(async () => {
      podman = testPodman()
      image = await podman.image()
    }, 120_000)
    afterAll(() => {
      if (names.length > 0) podman.tryCli('rm', '--force', ...names)
    })

    function start(label: string, ...command: string[]): string {
      const name = `stella-test-${process.pid}-${label}`
      names.push(name)
      const options = ['--detach', '--network=none', '--memory=16m', '--memory-swap=16m']
      podman.cli('run', ...options, `--name=${name}`, image, ...command)
      return name
    }

    const ofContainer =
      (name: string, revision: number) =>
      (entry: PrintedEntry): boolean =>
        entry.case?.subject.name === name && (entry.revision ?? 0) >= revision

    it('knows their kills by name, and what Podman says, with its service and without', async () => {
      await roomForReports()
      const service = await podman.service()
      try {
        for (const [label, env] of [
          ['watch-api', { CONTAINER_HOST: `unix://${service.socket}` }],
          ['watch-cli', {}],
        ] as const) {
          const watching = await watch([], { ...podman.env, ...env })
          const name = start(label, 'hog', 'sleep=1500', 'anon=64M')
          const { case: found } = await watching.sees(label, ofContainer(name, 2), 30_000)
          expect(found?.subject.platform).toBe('podman')
          expect(found?.verdict).toMatchObject({ code: 'oom-own-limit', mainProcessDied: true })
          await watching.stop()
          running = []
          rmSync(folder, { recursive: true, force: true })
        }
      } finally {
        await service.stop()
      }
    })

    it.skipIf(requireParts('setpriv'))('leaves no program behind when it is killed', async () => {
      const watching = await watch([], podman.env)
      const children = (): string[] =>
        readFileSync(`/proc/${watching.pid}/task/${watching.pid}/children`, 'utf8')
          .split(' ')
          .filter((pid) => isFollowing(pid))
      const started = await until('it follows podman', () => {
        const found = children()
        return found.length > 0 && found
      })
      await watching.kill()
      await until('they end', () => started.every((pid) => !isFollowing(pid)))
      expect(children).toThrow('ENOENT')
    })

    it('hears of an end that the kernel has no part in, from the program alone', async () => {
      const watching = await watch([], podman.env)
      const name = start('watch-podman-killed', 'hog', 'stay')
      await pause(1_500)
      podman.cli('kill', name)
      const { case: found } = await watching.sees('the end', ofContainer(name, 1), 30_000)
      expect(found?.verdict.code).toMatch(/^killed-/)
    })
  },
)

function isFollowing(pid: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('events\0')
  } catch {
    return false
  }
}
