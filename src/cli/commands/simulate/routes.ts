import { buildRouteMap } from '@stricli/core'
import { leakCommand } from './leak/command.ts'

export const simulateRoutes = buildRouteMap({
  routes: {
    leak: leakCommand,
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
