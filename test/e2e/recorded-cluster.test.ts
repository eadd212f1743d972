import { expect, test } from 'vitest'
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
