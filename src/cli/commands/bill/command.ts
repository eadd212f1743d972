import { buildCommand } from '@stricli/core'
import { CLUSTER_FLAGS } from '../../cluster-flags.ts'
import { COMMON_FLAGS } from '../../common-flags.ts'
import { parseCount } from '../../count.ts'
import { parseDuration } from '../../duration.ts'
import { EVIDENCE_FLAGS, TARGET_PARAMETER } from '../../evidence-flags.ts'

export const billCommand = buildCommand({
  loader: async () => (await import('./run.ts')).bill,
  parameters: {
    positional: { kind: 'tuple', parameters: [TARGET_PARAMETER] },
    flags: {
      ...EVIDENCE_FLAGS,
      watch: {
        kind: 'boolean',
        brief: 'Write the bill again and again, with what changed',
        optional: true,
        withNegated: false,
      },
      interval: {
        kind: 'parsed',
        parse: parseDuration,
        brief: 'Time between two bills of --watch (default: 2s)',
        placeholder: 'DUR',
        optional: true,
      },
      count: {
        kind: 'parsed',
        parse: parseCount,
        brief: 'Bills that --watch writes before it ends (default: until it is interrupted)',
        placeholder: 'N',
        optional: true,
      },
      ask: {
        kind: 'boolean',
        brief: 'Ask runtimes such as a JVM or Redis about their memory (the default)',
        optional: true,
      },
      ...CLUSTER_FLAGS,
      ...COMMON_FLAGS,
    },
  },
  docs: {
    brief: 'Where the memory goes, item by item, and why the tools disagree',
    fullDescription: [
      'Writes one account of the memory of TARGET: its items add up to what is charged. Shows what',
      'each process and its runtime hold, and for every tool that shows another number, why.',
      'Of a dead container it tells what the kernel wrote down when it was killed.',
      '',
      'Examples:',
      '  stella bill docker:web',
      '  stella bill cgroup:/kubepods/burstable/pod1234 --watch --interval 5s',
      '  stella bill pid:4321 --json',
      '  stella bill docker:web --no-ask            from outside alone, no question to a runtime',
      '  stella bill --from kernel.log              the account at the last kill of a kernel log',
      '',
      'Exit code: 0 answered, 2 wrong call or input, 3 target or source out of reach,',
      '4 it is dead and nothing tells what it had, 70 a fault of stella.',
    ].join('\n'),
  },
})
