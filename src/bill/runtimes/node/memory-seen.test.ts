import { describe, expect, it } from 'vitest'
import { processState } from '../../../../test/support/incident.ts'
import { GIB, MIB } from '../../../model/bytes.ts'
import type { Answer } from '../../../model/question.ts'
import { memorySeen, memorySeenQuestions } from './memory-seen.ts'
import type { MemorySeen } from './memory-seen.ts'

const NEW = { major: 22, minor: 0 }
const OLD = { major: 18, minor: 20 }

/** What is seen where these files exist, each by its path below /proc/PID/root/. */
function seen(
  files: Readonly<Record<string, string>>,
  version = NEW,
  cgroupPaths: readonly string[] = ['/docker/abc'],
): MemorySeen | null {
  const answers = new Map<string, Answer>()
  for (const question of memorySeenQuestions(processState({ cgroupPaths }))) {
    const text = question.kind === 'file' ? files[question.path.replace(/^root\//, '')] : undefined
    const answer =
      text === undefined
        ? { ok: false as const, why: 'it does not exist' }
        : { ok: true as const, text, truncated: false }
    answers.set(question.id, { pid: 1, id: question.id, ...answer })
  }
  return memorySeen(version, { answers, processes: [], limitBytes: null })
}

const machine = { 'proc/meminfo': 'MemTotal:        8388608 kB\nMemFree: 1 kB\n' }
const NO_LIMIT = '9223372036854771712\n'

describe('what Node takes for its memory', () => {
  it('is the smaller one of memory.max and memory.high of cgroup v2', () => {
    const files = { ...machine, 'sys/fs/cgroup/memory.max': `${512 * MIB}\n` }
    expect(seen(files)).toEqual({ bytes: 512 * MIB, from: 'group' })
    const high = { 'sys/fs/cgroup/memory.high': `${400 * MIB}\n` }
    expect(seen({ ...files, ...high })?.bytes).toBe(400 * MIB)
  })

  it('is the smaller one of the limit and the soft limit of cgroup v1', () => {
    const files = {
      ...machine,
      'sys/fs/cgroup/memory/memory.limit_in_bytes': `${512 * MIB}\n`,
      'sys/fs/cgroup/memory/memory.soft_limit_in_bytes': `${300 * MIB}\n`,
    }
    expect(seen(files)).toEqual({ bytes: 300 * MIB, from: 'group' })
    expect(seen(files, OLD)?.bytes).toBe(512 * MIB)
  })

  it('is that of its own group where the files of the root stand beside it', () => {
    const files = {
      ...machine,
      'sys/fs/cgroup/memory/memory.limit_in_bytes': NO_LIMIT,
      'sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes': `${256 * MIB}\n`,
    }
    expect(seen(files)).toEqual({ bytes: 256 * MIB, from: 'group' })
    expect(seen(files, OLD)).toEqual({ bytes: 8 * GIB, from: 'machine' })
  })

  it('is the whole machine without a limit, whatever stands above', () => {
    expect(seen({ ...machine, 'sys/fs/cgroup/memory.max': 'max\n' })).toEqual({
      bytes: 8 * GIB,
      from: 'machine',
    })
    expect(seen(machine)).toEqual({ bytes: 8 * GIB, from: 'machine' })
    const larger = { ...machine, 'sys/fs/cgroup/memory.max': `${64 * GIB}\n` }
    expect(seen(larger)).toEqual({ bytes: 8 * GIB, from: 'machine' })
  })

  it('is the whole machine to a Node that knows nothing of cgroup v2', () => {
    const files = { ...machine, 'sys/fs/cgroup/memory.max': `${512 * MIB}\n` }
    expect(seen(files, OLD)?.from).toBe('machine')
    expect(seen(files, { major: 20, minor: 2 })?.from).toBe('machine')
    expect(seen(files, { major: 20, minor: 3 })?.from).toBe('group')
  })

  it('is not known where nothing could be read', () => {
    expect(seen({})).toBeNull()
    const nothing = { answers: new Map(), processes: [], limitBytes: null }
    expect(memorySeen(NEW, nothing)).toBeNull()
  })

  it('is never looked for above the folder of the groups', () => {
    const paths = memorySeenQuestions(processState({ cgroupPaths: ['/../../etc'] })).map(
      (question) => (question.kind === 'file' ? question.path : ''),
    )
    expect(paths.filter((path) => path.includes('..'))).toEqual([])
  })
})
