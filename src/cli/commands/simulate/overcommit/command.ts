import { buildCommand } from '@stricli/core'
import { asItIs } from '../../../as-it-is.ts'
import { COMMON_FLAGS } from '../../../common-flags.ts'
import { parseSize, SIZE_FORMS } from '../../../size.ts'
import { parseLimit } from './limit.ts'

export const overcommitCommand = buildCommand({
  loader: async () => (await import('./run.ts')).overcommit,
  parameters: {
    flags: {
      host: {
        kind: 'parsed',
        parse: parseSize,
        brief: `Memory of the machine, or what a node can allocate: ${SIZE_FORMS}; else of this machine`,
        placeholder: 'SIZE',
        optional: true,
      },
      limits: {
        kind: 'parsed',
        parse: parseLimit,
        brief: 'Limits of the containers: 512Mi,1Gi,none',
        placeholder: 'SIZE',
        variadic: ',',
        optional: true,
      },
      requests: {
        kind: 'parsed',
        parse: parseLimit,
        brief: 'Requests of the containers: 256Mi,1Gi,none',
        placeholder: 'SIZE',
        variadic: ',',
        optional: true,
      },
      reserve: {
        kind: 'parsed',
        parse: parseSize,
        brief: 'Set aside for the system itself (default: 0)',
        placeholder: 'SIZE',
        optional: true,
      },
      from: {
        kind: 'parsed',
        parse: asItIs,
        brief:
          'Output of docker inspect, or pods as YAML or JSON; may be repeated; - is standard input',
        placeholder: 'PATH',
        variadic: true,
        optional: true,
      },
      ...COMMON_FLAGS,
    },
  },
  docs: {
    brief: 'Whether limits promise more than the machine has',
    fullDescription: [
      'Adds up the limits of containers and compares them with the memory of the machine. A container',
      'without a limit can take all of it: the sum has no bound then.',
      '',
      'Examples:',
      '  stella simulate overcommit --host 8Gi --limits 512Mi,1Gi,2Gi,none',
      '  stella simulate overcommit --host 8Gi --reserve 1Gi --limits 2Gi,2Gi --requests 1Gi,1Gi',
      '  docker inspect $(docker ps -q) | stella simulate overcommit --from -',
      '',
      'Exit code: 0 answered, 2 wrong call or input, 3 a file cannot be read,',
      '4 the files hold no containers, 70 a fault of stella.',
    ].join('\n'),
  },
})
