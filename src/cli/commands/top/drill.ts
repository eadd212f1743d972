import { folderOf } from '../../../sources/cgroup/hierarchy.ts'
import type { MemoryHierarchy } from '../../../sources/cgroup/hierarchy.ts'
import { readText } from '../../../sources/reader.ts'
import type { Reader } from '../../../sources/reader.ts'
import type { Row } from '../../../watch/row.ts'
import { shortBytes } from '../../render/screen-figures.ts'

/** What is shown of a row that was opened: its bill. */
export type Drill = (row: Row) => Promise<readonly string[]>

/** The kernel's own account of a group: memory.stat, the largest first. */
export function statLines(reader: Reader, hierarchy: MemoryHierarchy): Drill {
  return async ({ path }) => {
    const folder = folderOf(hierarchy, path)
    if (folder === null) return [`${path} is not visible from here`]
    const file = `${folder}/memory.stat`
    const read = readText(reader, file)
    if (!read.ok) {
      const gone = read.problem.kind === 'missing'
      return [gone ? 'the group was removed' : `${file} may not be read (${read.problem.code})`]
    }
    return sizesIn(read.text)
      .toSorted((a, b) => b.bytes - a.bytes)
      .map(({ key, bytes }) => `${shortBytes(bytes).padStart(8)}  ${key} (${bytes} bytes)`)
  }
}

function sizesIn(stat: string): { key: string; bytes: number }[] {
  const entries = [...stat.matchAll(/^(\w+) (\d+)$/gm)].map(([, key = '', value]) => ({
    key,
    bytes: Number(value),
  }))
  // v1 tells everything twice: without the groups below, and with them.
  const total = entries.filter(({ key }) => key.startsWith('total_'))
  const chosen = total.length === 0 ? entries : total
  return chosen
    .map(({ key, bytes }) => ({ key: key.replace(/^total_/, ''), bytes }))
    .filter(({ key, bytes }) => bytes > 0 && !COUNTS.test(key))
}

/** Counts of events among the sizes. */
const COUNTS = /^(pg|workingset|thp|nr_|zswp|swp|hierarchical|numa)/
