import type { Case } from '../../src/model/case.ts'
import type { ProcessMemory } from '../../src/model/memory.ts'

export const SAMPLE_PROCESS: ProcessMemory = {
  pid: 4321,
  name: 'python3',
  rssBytes: 31_457_280,
  anonRssBytes: 30_408_704,
  fileRssBytes: 1_048_576,
  shmemRssBytes: 0,
  totalVmBytes: 104_857_600,
  pageTableBytes: null,
  swapBytes: null,
  oomScoreAdj: 0,
  badness: 937,
  uid: 0,
}

/** A plain kill at a container's own limit; `change` replaces fields. */
export function sampleCase(change: Partial<Case> = {}): Case {
  return {
    id: 'c_5f3a',
    at: Date.UTC(2026, 4, 1, 10, 20, 30, 456),
    subject: { platform: 'docker', name: 'web', id: 'c0ffee', image: 'shop/web:1' },
    verdict: {
      code: 'oom-own-limit',
      confidence: 'certain',
      summary: 'The kernel killed python3 because container web reached its own limit of 32 MiB',
      mainProcessDied: true,
      because: ['e1'],
      against: [],
    },
    binding: {
      scope: 'container',
      path: '/docker/c0ffee',
      limitBytes: 33_554_432,
      usageBytes: 33_554_432,
      hostAvailableBytes: null,
    },
    victims: [SAMPLE_PROCESS],
    trigger: { pid: 4321, name: 'python3', gfpMask: '0xcc0(GFP_KERNEL)', order: 0 },
    processes: [SAMPLE_PROCESS],
    causes: [
      {
        code: 'limit-too-low',
        confidence: 'likely',
        summary: 'The limit is below what the program needs to start',
        because: ['e2'],
      },
    ],
    remedies: [
      {
        id: 'raise-limit',
        layer: 'container',
        title: 'Raise the limit to 64 MiB',
        risk: 'low',
        reversible: true,
        commands: [
          { for: 'docker', run: 'docker update --memory 64m --memory-swap 64m web' },
          { for: 'kubernetes', run: 'resources:\n  limits:\n    memory: 64Mi' },
        ],
        change: { kind: 'limit', limitBytes: 67_108_864, requestBytes: null },
      },
    ],
    evidence: [
      {
        id: 'e1',
        source: 'kmsg',
        at: Date.UTC(2026, 4, 1, 10, 20, 30, 456),
        says: 'The kernel killed PID 4321 at the limit of /docker/c0ffee',
        excerpt:
          'Memory cgroup out of memory: Killed process 4321 (python3)\noom_reaper: reaped 4321',
        from: 'kernel.log:12',
      },
      {
        id: 'e2',
        source: 'docker',
        at: null,
        says: 'The container exited with 137',
        excerpt: '"ExitCode": 137',
        from: 'inspect.json:1',
      },
    ],
    ruledOut: [{ code: 'oom-host', because: ['e1'] }],
    timeline: [
      { at: Date.UTC(2026, 4, 1, 10, 20, 30, 456), what: 'Kernel kill', evidence: 'e1' },
      { at: null, what: 'Exit', evidence: 'e2' },
    ],
    unknown: ['memory.events: the cgroup is gone'],
    path: [
      { rule: 'host', question: 'Did the machine run out?', answer: 'ruled-out', because: ['e1'] },
      { rule: 'own-limit', question: 'Its own limit?', answer: 'holds', because: ['e1'] },
    ],
    bill: null,
    course: null,
    lives: null,
    blackBox: null,
    ...change,
  }
}
