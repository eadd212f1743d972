import { buildRouteMap } from '@stricli/core'
import { leakCommand } from './leak/command.ts'
import { oomCommand } from './oom/command.ts'
import { swapCommand } from './swap/command.ts'

export const simulateRoutes = buildRouteMap({
  routes: {
    oom: oomCommand,
    leak: leakCommand,
    swap: swapCommand,
  },
  docs: {
    brief: 'What would happen, before it does',
    fullDescription: [
      'Answers "what if" with the formulas of the kernel, the engines and the kubelet.',
      'Nothing is changed, and nothing is killed.',
      '',
      'Example:',
      '  stella simulate leak --limit 512Mi --rate 10Mi/h',
    ].join('\n'),
  },
})
