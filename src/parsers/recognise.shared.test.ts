/** Needs the recorded incidents beside the repository; elsewhere it is skipped, and says so. */
import { existsSync, readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { formatFor, HEAD_BYTES } from './recognise.ts'

const SHARED = fileURLToPath(new URL('../../../shared', import.meta.url))
const there = existsSync(join(SHARED, 'incidents'))
if (!there) console.warn('skipped: no recorded incidents in ../shared')

/** Which format a file of the incidents must get, by its name. Null: it is none of ours. */
const EXPECTED: readonly [RegExp, string | null][] = [
  [/\/(?:kernel(?:-T|-iso-decoded)?\.log|kernel\.json|dmesg\.txt|console\.log)$/, 'kernel-log'],
  [/\/docker-events\.jsonl$|\/podman-events\.jsonl$/, 'container-events-json'],
  [/\/inspect-.*\.json$/, 'container-inspect'],
  [/\/stats\.json$/, 'container-stats-json'],
  [/\/(?:cg|cg-60s|pod|side|main)\/[^/]+$/, 'cgroup'],
  [/\/proc(?:-60s)?\/\d+\/\w+$|\/stack-\d+\.txt$/, 'process'],
  [/\/meminfo(?:0|\.before|\.after)$/, 'meminfo'],
  [/\/vmstat\.after$/, 'vmstat'],
  [/\/psi-system\.txt$/, 'pressure'],
  [/\/host\.txt$/, 'host-notes'],
  [/\/exit\.txt$/, 'exit-status'],
  [/\/samples\.jsonl$/, 'memory-samples'],
  [/\/nmt\.txt$/, 'java-native-memory'],
  [/\/redis-info-(?:before|after)\.txt$/, 'redis-info'],
  [/\/(?:pods|events|node)\.json$/, 'kubernetes-objects'],
  [/\/describe-pods\.txt$/, 'kubectl-describe-pod'],
  [/\/describe-node\.txt$/, 'kubectl-describe-node'],
  [/\/events\.txt$/, 'kubectl-get-events'],
  [/\/kubelet\.log$/, 'kubelet-log'],
  [/\/(?:logs-.*\.txt|redis\.log|stdout|stderr)$/, 'app-log'],
  [/\/(?:truth|boot)\.json$/, null],
]

function below(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? below(join(folder, entry.name)) : [join(folder, entry.name)],
  )
}

function idOf(path: string): string | null {
  return formatFor(readFileSync(path, 'utf8').slice(0, HEAD_BYTES), path)?.id ?? null
}

describe.skipIf(!there)('recorded incidents', () => {
  test('every file gets the right format', () => {
    const wrong = below(join(SHARED, 'incidents')).flatMap((path) => {
      const expected = EXPECTED.find(([name]) => name.test(path))
      if (expected === undefined) return []
      const id = idOf(path)
      return id === expected[1]
        ? []
        : [`${basename(dirname(path))}/${basename(path)}: ${id}, not ${expected[1]}`]
    })
    expect(wrong).toEqual([])
  })

  test('the state files of the kernel lab are pastes, and their logs kernel logs', () => {
    const lab = below(join(SHARED, 'kernel-logs/lab'))
    const states = lab.filter((path) => path.endsWith('.state.txt'))
    expect(states.length).toBeGreaterThan(60)
    // Three of them hold only how the process ended: their group was gone.
    const others = states.filter((path) => idOf(path) !== 'pasted-files')
    expect(others.every((path) => !readFileSync(path, 'utf8').includes('--- /'))).toBe(true)
    const facts = lab.filter((path) => path.endsWith('.facts.json'))
    expect(new Set(facts.map(idOf))).toEqual(new Set([null]))
  })
})
