import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** A folder that stands for `/`, with the files that a test puts there. */
export interface FakeRoot {
  root: string
  write(path: string, text: string): void
  remove(): void
}

export function fakeRoot(files: Readonly<Record<string, string>>): FakeRoot {
  const root = mkdtempSync(join(tmpdir(), 'stella-test-guard-'))
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  for (const [path, text] of Object.entries(files)) write(path, text)
  return { root, write, remove: () => rmSync(root, { recursive: true, force: true }) }
}

/** What a process in the group `/pod/web` of cgroup v2 sees. */
export const IN_GROUP_V2 = {
  'proc/self/cgroup': '0::/pod/web\n',
  'proc/self/mountinfo': '29 23 0:26 / /sys/fs/cgroup ro - cgroup2 cgroup2 rw\n',
} as const

const OWN = 'sys/fs/cgroup/pod/web'

/** The files of that group. */
export function groupV2(figures: {
  current: number
  max: number | 'max'
  stat?: string
}): Record<string, string> {
  return {
    [`${OWN}/memory.current`]: `${figures.current}\n`,
    [`${OWN}/memory.max`]: `${figures.max}\n`,
    [`${OWN}/memory.high`]: 'max\n',
    [`${OWN}/memory.stat`]: figures.stat ?? 'anon 0\n',
  }
}
