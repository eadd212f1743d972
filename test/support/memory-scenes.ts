import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { KsmOfProcess, KsmState } from '../../src/model/ksm.ts'
import type { TmpfsMount } from '../../src/model/tmpfs.ts'
import { readKsm } from '../../src/sources/host/ksm.ts'
import { readLruGen } from '../../src/sources/host/lru-gen.ts'
import { readKsmOfProcess } from '../../src/sources/proc/ksm.ts'
import { readTmpfs } from '../../src/sources/proc/tmpfs.ts'
import { hostReader } from '../../src/sources/reader.ts'
import { createGroup } from './cgroups.ts'
import type { TestGroup, TestProcess } from './cgroups.ts'
import { pidsIn, readGroupTexts } from './group-texts.ts'
import type { GroupTexts } from './group-texts.ts'
import { hog } from './hog.ts'
import { run, until } from './testbed.ts'

/** Two looks at a group, and what else an investigator would look at. */
export interface MemoryScene {
  earlier: GroupTexts
  now: GroupTexts
  seconds: number
  lruGen: boolean | null
  tmpfs: readonly TmpfsMount[]
  ksm: { machine: KsmState | null; processes: readonly KsmOfProcess[] }
}

const MIB = 1024 * 1024
const FILE_MIB = 48
const PYTHON = '/usr/bin/python3'

/** Page cache of each kind, made to happen in throw-away groups. `folder` is on a disk. */
export const CACHE_SCENES = {
  /** A file is read over and over, and there is room for it. */
  hot: (folder: string) =>
    inGroup('hot', 128, async (group) => {
      const file = makeFile(folder, 'hot')
      await settled(group.start([await hog(), ...times(6, `read=${file}`), 'say=done', 'stay']))
      return look(group)
    }),
  /** A file is read once. */
  cold: (folder: string) =>
    inGroup('cold', 128, async (group) => {
      const file = makeFile(folder, 'cold')
      await settled(group.start([await hog(), `read=${file}`, 'say=done', 'stay']))
      return look(group)
    }),
  /** A file larger than the limit is read once: the limit is reached, and nothing that was dropped is missed. */
  stream: (folder: string) =>
    inGroup('stream', FILE_MIB / 2, async (group) => {
      const file = makeFile(folder, 'stream')
      await settled(group.start([await hog(), `read=${file}`, 'say=done', 'stay']))
      return look(group)
    }),
  /** A file larger than the limit is read over and over. */
  thrash: (folder: string) =>
    inGroup('thrash', FILE_MIB / 2, async (group) => {
      const file = makeFile(folder, 'thrash')
      group.start([await hog(), ...times(2_000, `read=${file}`)])
      await until('pages come back', () => refaults(group) > 256)
      return look(group, 1_500)
    }),
  /** Who wrote to the tmpfs is gone. */
  tmpfs: () =>
    inGroup('tmpfs', 128, async (group) => {
      const file = `/dev/shm/stella-test-${process.pid}`
      try {
        await group.start([await hog(), `file=${file},16M`]).ended
        const kept = await look(group)
        return { ...kept, tmpfs: readTmpfs(hostReader(), process.pid).mounts }
      } finally {
        rmSync(file, { force: true })
      }
    }),
  /** What was just written is not on the disk yet. */
  dirty: (folder: string) =>
    inGroup('dirty', 128, async (group) => {
      const file = join(folder, `stella-test-${process.pid}-dirty`)
      await settled(group.start([await hog(), `file=${file},16M`, 'say=done', 'stay']))
      return look(group)
    }),
} as const

/** Two groups that map the same file, and what each of them is charged for it. */
export async function mappedTwice(
  folder: string,
): Promise<{ first: MemoryScene; second: MemoryScene }> {
  const file = makeFile(folder, 'mapped')
  const argv = [PYTHON, join(import.meta.dirname, 'map-file.py'), file]
  return inGroup('mapped-first', 128, (first) =>
    inGroup('mapped-second', 128, async (second) => {
      await settled(first.start(argv))
      await settled(second.start(argv))
      return { first: await look(first), second: await look(second) }
    }),
  )
}

/** The group that was first to map a file, when its process is gone and only another group's maps it. */
export function leftMapped(folder: string): Promise<MemoryScene> {
  const file = makeFile(folder, 'left')
  const argv = [PYTHON, join(import.meta.dirname, 'map-file.py'), file]
  return inGroup('left-first', 128, (first) =>
    inGroup('left-second', 128, async (second) => {
      const owner = first.start(argv)
      await settled(owner)
      await settled(second.start(argv))
      owner.child.kill('SIGKILL')
      await owner.ended
      return look(first)
    }),
  )
}

/** A process takes memory in one group and is moved to another. */
export function movedProcess(): Promise<MemoryScene> {
  return inGroup('moved-from', 128, (from) =>
    inGroup('moved-to', 128, async (to) => {
      const moved = from.start([await hog(), 'anon=16M', 'say=done', 'stay'])
      await settled(moved)
      to.write('cgroup.procs', String(moved.pid))
      return look(to)
    }),
  )
}

/** A parent and three children that share its memory. */
export function forkTree(): Promise<MemoryScene> {
  const script = [
    'import os, signal',
    'memory = bytearray(os.urandom(1 << 20)) * 20',
    'for _ in range(3):',
    '  if os.fork() == 0: break',
    'else: print("ready", flush=True)',
    'signal.pause()',
  ].join('\n')
  return inGroup('forks', 128, async (group) => {
    await settled(group.start([PYTHON, '-c', script]))
    return look(group)
  })
}

/** Two processes whose equal pages are merged; turns KSM on for the machine, so it is for guests alone. */
export function mergedPages(): Promise<MemoryScene> {
  return inGroup('merged', 128, async (group) => {
    run(['sh', '-c', 'cd /sys/kernel/mm/ksm && echo 4000 >pages_to_scan && echo 1 >run'])
    await settled(group.start([PYTHON, join(import.meta.dirname, 'merge-pages.py')]))
    await until('pages are merged', () =>
      pidsIn(readGroupTexts(group.path).group).every(
        (pid) => (readKsmOfProcess(hostReader(), pid)?.mergingPages ?? 0) > 1_000,
      ),
    )
    return look(group)
  })
}

async function inGroup<T>(
  name: string,
  limitMib: number,
  use: (group: TestGroup) => Promise<T>,
): Promise<T> {
  const group = createGroup(name, limitMib * MIB)
  try {
    return await use(group)
  } finally {
    await group.remove()
  }
}

/** A file whose pages are in nobody's page cache: who reads it first is charged. */
function makeFile(folder: string, name: string): string {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `stella-test-${process.pid}-${name}`)
  run(['dd', 'if=/dev/urandom', `of=${file}`, 'bs=1M', `count=${FILE_MIB}`, 'conv=fsync'])
  run(['dd', `of=${file}`, 'oflag=nocache', 'conv=notrunc,fdatasync', 'count=0'])
  return file
}

/** Waits for the first line that the program says. */
function settled({ child, ended }: TestProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout?.once('data', () => resolve())
    void ended.then(({ code, signal }) => reject(new Error(`it ended: ${code ?? signal}`)))
  })
}

async function look(group: TestGroup, pauseMs = 300): Promise<MemoryScene> {
  const reader = hostReader()
  const started = performance.now()
  const earlier = readGroupTexts(group.path)
  await sleep(pauseMs)
  const now = readGroupTexts(group.path)
  const pids = pidsIn(now.group)
  const [main] = pids
  return {
    earlier,
    now,
    seconds: (performance.now() - started) / 1000,
    lruGen: readLruGen(reader),
    tmpfs: main === undefined ? [] : readTmpfs(reader, main).mounts,
    ksm: {
      machine: readKsm(reader),
      processes: pids.map((pid) => readKsmOfProcess(reader, pid)).filter((read) => read !== null),
    },
  }
}

function refaults(group: TestGroup): number {
  return Number(
    /^(?:total_)?workingset_refault(?:_file)? (\d+)$/m.exec(group.read('memory.stat'))?.[1] ?? 0,
  )
}

function times(count: number, word: string): string[] {
  return Array.from({ length: count }, () => word)
}
