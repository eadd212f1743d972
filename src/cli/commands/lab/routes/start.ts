import { buildCommand } from '@stricli/core'
import { parseDuration } from '../../../duration.ts'
import { BACKENDS } from '../../../../labs/backend-id.ts'
import { EXIT_CODES, LAB_FLAGS, LAB_PARAMETER } from '../parameters.ts'

export const startCommand = buildCommand({
  loader: async () => (await import('../start.ts')).startOne,
  parameters: {
    positional: LAB_PARAMETER,
    flags: {
      backend: {
        kind: 'enum',
        values: BACKENDS,
        brief: 'Make it there, and nowhere else (default: the first that can be used)',
        optional: true,
      },
      ttl: {
        kind: 'parsed',
        parse: parseDuration,
        brief: 'What it made ends by itself after this (default: 2h)',
        placeholder: 'DUR',
        optional: true,
      },
      ...LAB_FLAGS,
    },
  },
  docs: {
    brief: 'Makes the fault of a lab on this machine, and tells what happened',
    fullDescription: [
      'Makes a real fault in containers of Docker or Podman, or in a bare memory group where neither is there, and waits until it',
      'shows itself. All that is made bears the name stella-lab-…, stays within a small amount of memory, and ends by itself',
      'after two hours. Nothing is downloaded.',
      '',
      'Examples:',
      '  stella lab start container-oom-kill',
      '  stella lab start container-oom-kill --backend cgroup',
      '',
      EXIT_CODES,
    ].join('\n'),
  },
})
