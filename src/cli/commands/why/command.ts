import { buildCommand } from '@stricli/core'
import { CLUSTER_FLAGS } from '../../cluster-flags.ts'
import { COMMON_FLAGS } from '../../common-flags.ts'
import { parseDuration } from '../../duration.ts'
import { EVIDENCE_FLAGS, TARGET_PARAMETER } from '../../evidence-flags.ts'

export const whyCommand = buildCommand({
  loader: async () => (await import('./run.ts')).why,
  parameters: {
    positional: { kind: 'tuple', parameters: [TARGET_PARAMETER] },
    flags: {
      ...EVIDENCE_FLAGS,
      since: {
        kind: 'parsed',
        parse: parseDuration,
        brief: 'Leave out what is older: 90s, 30m, 1h, 7d',
        placeholder: 'DUR',
        optional: true,
      },
      all: {
        kind: 'boolean',
        brief: 'Every case, oldest first',
        optional: true,
        withNegated: false,
      },
      markdown: {
        kind: 'boolean',
        brief: 'A report in Markdown, for a ticket',
        optional: true,
        withNegated: false,
      },
      ...CLUSTER_FLAGS,
      ...COMMON_FLAGS,
    },
  },
  docs: {
    brief: 'Why did it die, or what threatens it',
    fullDescription: [
      'Says who ended a container, which limit was reached, why its memory grew, and what to do.',
      'Asks the live sources about TARGET, or judges the evidence that --from gives it.',
      '',
      'Examples:',
      '  stella why docker:web',
      '  stella why k8s:shop/cart-0/app --since 1h',
      '  stella why --from kernel.log --from inspect.json',
      '  dmesg | stella why --from - --all --json',
      '',
      'Exit code: 0 answered, 2 wrong call or input, 3 target or source out of reach,',
      '4 the evidence does not decide, 70 a fault of stella.',
    ].join('\n'),
  },
})
