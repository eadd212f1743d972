import type { FixDesk } from '../../src/cli/engine.ts'
import type { ChangePlan, FixRecord } from '../../src/model/fix.ts'
import type { Verification } from '../../src/verification/follow.ts'
import { sampleCase } from './sample-case.ts'

const AT = Date.UTC(2026, 4, 1, 11)

/** The limit of container web raised while it runs; `change` replaces fields. */
export function samplePlan(change: Partial<ChangePlan> = {}): ChangePlan {
  return {
    platform: 'docker',
    target: { kind: 'container', engine: 'docker', name: 'web' },
    method: 'in-place',
    title: 'Raise the memory limit of web from 32 MiB to 144 MiB',
    risk: 'low',
    warnings: [],
    changes: [{ field: 'HostConfig.Memory', before: '32 MiB', after: '144 MiB' }],
    diff: '',
    steps: [
      {
        id: 'update',
        says: 'update container web',
        command: 'docker update --memory 144m web',
        data: { before: 'what only the driver needs' },
      },
    ],
    workload: { image: 'shop/web:1', imageId: 'sha256:abc', command: ['serve', '--key=x'] },
    ...change,
  }
}

export function sampleFix(change: Partial<FixRecord> = {}): FixRecord {
  return {
    id: 'fix-20260501-110000-000-abcd',
    state: 'applied',
    subject: sampleCase().subject,
    caseId: 'c_0001',
    remedyId: 'raise-limit',
    layer: 'container',
    change: { kind: 'limit', limitBytes: 150_994_944, requestBytes: null },
    plan: samplePlan(),
    at: AT - 1_000,
    appliedAt: AT,
    endedAt: AT,
    begun: ['update'],
    done: ['update'],
    problem: null,
    ...change,
  }
}

/** A desk that keeps its records in memory and does what it is told. */
export function sampleDesk(records: readonly FixRecord[] = [sampleFix()]): FixDesk {
  return {
    folder: '/nowhere/fixes',
    list: () => records,
    read: (id) => records.find((record) => record.id === id) ?? null,
    plan: async ({ target }) => samplePlan({ target }),
    manifest: async ({ target }, form) => `# ${form} of ${target.kind}\n`,
    apply: async (order, { onStep }) => {
      for (const { says } of order.plan.steps) onStep(says)
      const { evidence: _, ...facts } = order
      return sampleFix(facts)
    },
    undo: async () => sampleFix({ state: 'undone' }),
    recover: async () => [],
  }
}

export function sampleVerification(change: Partial<Verification> = {}): Verification {
  return {
    result: 'holds',
    checks: [{ name: 'running', ok: true, actual: 'it runs', expected: 'it runs' }],
    since: AT,
    until: AT + 60_000,
    ...change,
  }
}
