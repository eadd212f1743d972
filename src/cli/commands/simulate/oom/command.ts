import { buildCommand } from '@stricli/core'
import { COMMON_FLAGS } from '../../../common-flags.ts'
import { EVIDENCE_FLAGS, TARGET_PARAMETER } from '../../../evidence-flags.ts'
import { parseAdjustment } from './adjustment.ts'

export const oomCommand = buildCommand({
  loader: async () => (await import('./run.ts')).oom,
  parameters: {
    positional: { kind: 'tuple', parameters: [TARGET_PARAMETER] },
    flags: {
      ...EVIDENCE_FLAGS,
      setAdj: {
        kind: 'parsed',
        parse: parseAdjustment,
        brief: 'As if oom_score_adj were N; may be repeated',
        placeholder: 'PID|NAME=N',
        variadic: true,
        optional: true,
      },
      oomGroup: {
        kind: 'boolean',
        brief: 'As if memory.oom.group of the group were set, or not set',
        optional: true,
        withNegated: true,
      },
      ...COMMON_FLAGS,
    },
  },
  docs: {
    brief: 'Whom the OOM killer would take',
    fullDescription: [
      'Ranks processes as the kernel would if the limit of their group were reached, or with the',
      'target host if the machine ran out. Asks the living processes, or takes the table of a kernel',
      'log or of a stored case from --from. Nothing is killed.',
      '',
      'Examples:',
      '  stella simulate oom docker:web',
      '  stella simulate oom host --set-adj postgres=-500',
      '  stella simulate oom cgroup:/app.slice --oom-group --json',
      '  stella simulate oom --from case.json',
      '',
      'Exit code: 0 answered, 2 wrong call or input, 3 target or source out of reach,',
      '4 the evidence does not decide, 70 a fault of stella.',
    ].join('\n'),
  },
})
