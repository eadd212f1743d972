import { buildCommand } from '@stricli/core'
import { COMMON_FLAGS } from '../../../common-flags.ts'
import { parseDockerSize, parseMemory, parseMemorySwap, parseSwappiness } from './sizes.ts'

export const swapCommand = buildCommand({
  loader: async () => (await import('./run.ts')).swap,
  parameters: {
    flags: {
      memory: {
        kind: 'parsed',
        parse: parseMemory,
        brief: "Docker's --memory: 512m, 6g; 0 is not set",
        placeholder: 'SIZE',
      },
      memorySwap: {
        kind: 'parsed',
        parse: parseMemorySwap,
        brief: "Docker's --memory-swap, memory and swap together; -1 is no limit, 0 not set",
        placeholder: 'SIZE',
        optional: true,
      },
      cgroup: {
        kind: 'enum',
        values: ['v1', 'v2'],
        brief: 'Version of the memory controller (default: that of this machine)',
        optional: true,
      },
      hostSwap: {
        kind: 'parsed',
        parse: parseDockerSize,
        brief: 'How much swap the machine has: 16g, 0',
        placeholder: 'SIZE',
        optional: true,
      },
      swappiness: {
        kind: 'parsed',
        parse: parseSwappiness,
        brief: "Docker's --memory-swappiness, 0 to 100",
        placeholder: 'N',
        optional: true,
      },
      noAccounting: {
        kind: 'boolean',
        brief: 'The kernel does not count swap per group (docker info: "No swap limit support")',
        optional: true,
        withNegated: false,
      },
      ...COMMON_FLAGS,
    },
  },
  docs: {
    brief: 'How much swap a container gets, and where it is killed',
    fullDescription: [
      'Says what Docker makes of --memory and --memory-swap: what it stores, which files it writes,',
      'how much swap the container may use, and at what size it is killed.',
      'Sizes are written as Docker takes them: 256m is 268435456 bytes, and 256Mi is refused.',
      '',
      'Examples:',
      '  stella simulate swap --memory 6g --memory-swap 10g --cgroup v2',
      '  stella simulate swap --memory 256m --host-swap 0',
      '  stella simulate swap --memory 1g --memory-swap -1 --host-swap 16g --json',
      '',
      'Exit code: 0 answered, 1 Docker refuses it, 2 wrong call, 3 no cgroup version was given',
      'and this machine has no memory controller, 70 a fault of stella.',
    ].join('\n'),
  },
})
