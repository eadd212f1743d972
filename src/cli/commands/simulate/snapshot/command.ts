import { buildCommand } from '@stricli/core'
import { COMMON_FLAGS } from '../../../common-flags.ts'
import { parseDuration } from '../../../duration.ts'
import { EVIDENCE_FLAGS, TARGET_PARAMETER } from '../../../evidence-flags.ts'
import { parseRate, parseSize, SIZE_FORMS } from '../../../size.ts'
import { parseKernel, parseWrites } from './numbers.ts'

function sizeFlag(brief: string) {
  return { kind: 'parsed', parse: parseSize, brief, placeholder: 'SIZE', optional: true } as const
}

function rateFlag(brief: string) {
  return { kind: 'parsed', parse: parseRate, brief, placeholder: 'RATE', optional: true } as const
}

export const snapshotCommand = buildCommand({
  loader: async () => (await import('./run.ts')).snapshot,
  parameters: {
    positional: { kind: 'tuple', parameters: [TARGET_PARAMETER] },
    flags: {
      ...EVIDENCE_FLAGS,
      data: sizeFlag(`Memory of the process that forks: ${SIZE_FORMS}`),
      limit: sizeFlag('The memory limit it lives under'),
      current: sizeFlag('What is held below the limit now (default: the data)'),
      writeRate: rateFlag(
        'Memory that is written to meanwhile, in whole pages: 20Mi/s; 0/s is none',
      ),
      writes: {
        kind: 'parsed',
        parse: parseWrites,
        brief:
          'Writes per second in the place of --write-rate; each touches its value and its entry',
        placeholder: 'N',
        optional: true,
      },
      valueSize: sizeFlag('With --writes: size of a value (default: 1Ki)'),
      duration: {
        kind: 'parsed',
        parse: parseDuration,
        brief: 'How long the snapshot takes: 60s, 5m',
        placeholder: 'DUR',
        optional: true,
      },
      saveRate: rateFlag('How fast it is written, in the place of --duration: 100Mi/s'),
      buffers: sizeFlag('Replication and log-rewrite buffers that grow meanwhile'),
      swap: sizeFlag('Swap it may use beyond the limit'),
      commitLeft: sizeFlag('With vm.overcommit_memory=2: CommitLimit less Committed_AS'),
      hugePages: {
        kind: 'boolean',
        brief: 'The data lies in transparent huge pages; before Linux 5.8 those are copied whole',
        optional: true,
        withNegated: false,
      },
      kernel: {
        kind: 'parsed',
        parse: parseKernel,
        brief: 'Version of the kernel, as uname -r tells; with --huge-pages',
        placeholder: 'VERSION',
        optional: true,
      },
      ...COMMON_FLAGS,
    },
  },
  docs: {
    brief: 'Whether a snapshot by fork, such as BGSAVE, fits into the limit now',
    fullDescription: [
      'A fork shares memory with its parent until one of them writes to it: each page written to is',
      'copied. Forecasts the peak of that, and says go or defer: a check to make before BGSAVE, a log',
      'rewrite, or a new replica. Takes what is not given from TARGET or from --from.',
      '',
      'Examples:',
      '  stella simulate snapshot --data 5Gi --limit 6Gi --write-rate 20Mi/s --duration 60s',
      '  stella simulate snapshot --data 5Gi --limit 8Gi --writes 4000 --save-rate 100Mi/s',
      '  stella simulate snapshot docker:redis --writes 4000 && docker exec redis redis-cli BGSAVE',
      '  stella simulate snapshot --from redis-info.txt --limit 6Gi --json',
      '',
      'Exit code: 0 go, 1 defer, 2 wrong call or input, 3 target or source out of reach,',
      '70 a fault of stella.',
    ].join('\n'),
  },
})
