import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { REPO } from '../../scripts/lib/repo.ts'
import { investigate } from '../../src/investigate/investigate.ts'
import type { Case } from '../../src/model/case.ts'
import { readFiles } from '../../src/sources/files/index.ts'
import { recordedCase } from '../support/recorded.ts'

// Recorded from a real cluster (scripts/record/kubernetes.ts), judged from its files alone.
test.each([
  { scene: 'own-limit', verdict: 'oom-own-limit', of: 'web/app' },
  { scene: 'own-limit-guaranteed', verdict: 'oom-own-limit', of: 'web/app' },
  { scene: 'own-limit-tmpfs', verdict: 'oom-own-limit', of: 'web/app' },
  { scene: 'static-pod', verdict: 'oom-own-limit', of: 'web-node-1/app' },
  { scene: 'child-killed-main-lives', verdict: 'oom-own-limit', of: 'web/app' },
  { scene: 'child-killed-main-exits-0', verdict: 'oom-own-limit', of: 'web/app' },
  { scene: 'exec-killed', verdict: 'oom-own-limit', of: 'web/app' },
  { scene: 'pod-limit', verdict: 'oom-ancestor-limit', of: 'web/app' },
  { scene: 'node-allocatable-kill', verdict: 'oom-ancestor-limit', of: 'web/app' },
  { scene: 'eviction', verdict: 'evicted', of: 'web/app' },
  { scene: 'eviction-exits-0', verdict: 'evicted', of: 'web/app' },
  { scene: 'liveness-kill', verdict: 'killed-not-memory', of: 'web/app' },
  { scene: 'resize-restarts', verdict: 'exited', of: 'web/app' },
])('$scene of a real cluster: $verdict', async ({ scene, verdict, of }) => {
  const found = await recordedCase(`kubernetes/v1.34/${scene}`)
  expect(found.verdict).toMatchObject({ code: verdict, confidence: 'certain' })
  expect(found.subject.name).toBe(`${scene}/${of}`)
})

// What the API server tells alone: no kernel log, and not the kubelet's.
const API = ['pod.json', 'pod-states.json', 'events.json', 'node.json', 'pods.json']

test.each([
  { scene: 'own-limit', verdict: 'oom-own-limit', confidence: 'likely' },
  { scene: 'crash-loop', verdict: 'oom-own-limit', confidence: 'likely' },
  { scene: 'killed-at-start', verdict: 'oom-own-limit', confidence: 'certain' },
  { scene: 'pod-limit', verdict: 'oom-ancestor-limit', confidence: 'likely' },
  { scene: 'node-allocatable-kill', verdict: 'oom-ancestor-limit', confidence: 'possible' },
  { scene: 'liveness-kill', verdict: 'killed-not-memory', confidence: 'certain' },
  { scene: 'preemption', verdict: 'killed-not-memory', confidence: 'certain' },
  { scene: 'grace-period-kill', verdict: 'killed-not-memory', confidence: 'certain' },
  { scene: 'eviction', verdict: 'evicted', confidence: 'certain' },
])('$scene, told by the API server alone: $verdict', async ({ scene, verdict, confidence }) => {
  const cases = await casesOf(scene, API)
  expect(cases.map(({ verdict: { code } }) => code)).toEqual([verdict])
  expect(cases[0]?.verdict).toMatchObject({ code: verdict, confidence })
  expect(cases[0]?.subject.name).toBe(`${scene}/web/app`)
})

test('each kill of a crash loop is of its container, and ended it', async () => {
  const cases = await casesOf('crash-loop', null)
  expect(cases).toHaveLength(4)
  for (const { subject, verdict } of cases) {
    expect(subject.name).toBe('crash-loop/web/app')
    expect(verdict).toMatchObject({ code: 'oom-own-limit' })
    expect(verdict.mainProcessDied).not.toBe(false)
  }
})

async function casesOf(scene: string, only: readonly string[] | null): Promise<readonly Case[]> {
  const folder = join(REPO, 'fixtures/kubernetes/v1.34', scene)
  const files = only?.map((name) => join(folder, name)).filter((file) => existsSync(file))
  return investigate(await readFiles(files ?? [folder]), null, { all: true })
}
