import { buildCommand } from '@stricli/core'
import { asItIs } from '../../as-it-is.ts'
import { dataFlag } from '../../data-flag.ts'
import { CLUSTER_FLAGS } from '../../cluster-flags.ts'
import { COMMON_FLAGS } from '../../common-flags.ts'
import { parseDuration } from '../../duration.ts'
import { parseSize, SIZE_FORMS } from '../../size.ts'
import { parseTarget, TARGET_FORMS } from '../../target.ts'
import { parseHeadroom } from './headroom.ts'

export const sizeCommand = buildCommand({
  loader: async () => (await import('./run.ts')).size,
  parameters: {
    positional: {
      kind: 'tuple',
      parameters: [
        { parse: parseTarget, brief: TARGET_FORMS, placeholder: 'TARGET', optional: true },
      ],
    },
    flags: {
      series: {
        kind: 'parsed',
        parse: asItIs,
        brief:
          'Memory over time instead of a target: CSV, Prometheus, docker stats; - is standard input',
        placeholder: 'FILE',
        optional: true,
      },
      prometheus: {
        kind: 'parsed',
        parse: asItIs,
        brief: 'Ask this Prometheus for memory over time, alone or next to TARGET',
        placeholder: 'URL',
        optional: true,
      },
      query: {
        kind: 'parsed',
        parse: asItIs,
        brief: 'What to ask it for: a container or a pod by its name, {labels}, or PromQL',
        placeholder: 'SELECTOR',
        optional: true,
      },
      since: {
        kind: 'parsed',
        parse: parseDuration,
        brief: 'How far back to ask it (default: 7d)',
        placeholder: 'DUR',
        optional: true,
      },
      tokenFile: {
        kind: 'parsed',
        parse: asItIs,
        brief: 'File with its bearer token (default: STELLA_PROMETHEUS_TOKEN)',
        placeholder: 'FILE',
        optional: true,
      },
      limit: {
        kind: 'parsed',
        parse: parseSize,
        brief: `The present limit, for a series without one: ${SIZE_FORMS}`,
        placeholder: 'SIZE',
        optional: true,
      },
      headroom: {
        kind: 'parsed',
        parse: parseHeadroom,
        brief: 'Room above the need in percent (default: 20, 50 or 100, by how much is known)',
        placeholder: 'PERCENT',
        optional: true,
      },
      host: {
        kind: 'parsed',
        parse: parseSize,
        brief: 'Memory of the machine that it shall run on (default: of this one, for a target)',
        placeholder: 'SIZE',
        optional: true,
      },
      for: {
        kind: 'parsed',
        parse: parseDuration,
        brief: 'Watch a living target that long before answering',
        placeholder: 'DUR',
        optional: true,
      },
      data: dataFlag('Folder of the recordings'),
      kubeconfig: CLUSTER_FLAGS.kubeconfig,
      context: CLUSTER_FLAGS.context,
      ...COMMON_FLAGS,
    },
  },
  docs: {
    brief: 'The limit and the request that it should have, and why',
    fullDescription: [
      'Works out a memory limit from what TARGET, or a recorded series, was seen to need without',
      'page cache, from kills, and from what its runtime may grow to. What grows without end gets',
      'no limit: it says what a higher one would buy instead.',
      '',
      'Examples:',
      '  stella size docker:web',
      '  stella size docker:web --for 10m           watch it for ten minutes first',
      '  stella size k8s:shop/web-0/app             by its group, its kubelet or metrics-server',
      '  stella size --series memory.csv --limit 512Mi --json',
      '  stella size --prometheus http://prometheus:9090 --query web-0 --since 30d',
      '',
      'Exit code: 0 answered, 1 it leaks or does not fit, so no limit is right, 2 wrong call or',
      'input, 3 target or source out of reach, 4 too little is known, 70 a fault of stella.',
    ].join('\n'),
  },
})
