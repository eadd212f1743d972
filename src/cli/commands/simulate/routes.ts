import { buildRouteMap } from '@stricli/core'
import { jvmCommand } from './jvm/command.ts'
import { evictionCommand } from './eviction/command.ts'
import { leakCommand } from './leak/command.ts'
import { oomCommand } from './oom/command.ts'
import { overcommitCommand } from './overcommit/command.ts'
import { snapshotCommand } from './snapshot/command.ts'
import { swapCommand } from './swap/command.ts'

export const simulateRoutes = buildRouteMap({
  routes: {
    oom: oomCommand,
    eviction: evictionCommand,
    overcommit: overcommitCommand,
    leak: leakCommand,
    swap: swapCommand,
    snapshot: snapshotCommand,
    jvm: jvmCommand,
  },
  docs: {
    brief: 'What would happen, before it does',
    fullDescription: [
      'Answers "what if" with the formulas of the kernel, the engines and the kubelet.',
      'Nothing is changed, and nothing is killed.',
      '',
      'Examples:',
      '  stella simulate leak --limit 512Mi --rate 10Mi/h',
    ].join('\n'),
  },
})
