import { buildRouteMap } from '@stricli/core'
import { checkCommand } from './routes/check.ts'
import { hintCommand } from './routes/hint.ts'
import { listCommand } from './routes/list.ts'
import { solveCommand } from './routes/solve.ts'
import { startCommand } from './routes/start.ts'
import { statusCommand } from './routes/status.ts'
import { stopCommand } from './routes/stop.ts'
import { watchCommand } from './routes/watch.ts'

export const labRoutes = buildRouteMap({
  routes: {
    list: listCommand,
    start: startCommand,
    status: statusCommand,
    check: checkCommand,
    watch: watchCommand,
    hint: hintCommand,
    solve: solveCommand,
    stop: stopCommand,
  },
  docs: {
    brief: 'Labs: real faults to learn from, judged by what the kernel says',
    fullDescription: [
      'A lab makes a real fault on this machine, in a throw-away container or memory group, and judges whether you mended it.',
      '',
      'Examples:',
      '  stella lab list',
      '  stella lab start container-oom-kill',
      '  stella lab check container-oom-kill',
      '  stella lab stop container-oom-kill',
    ].join('\n'),
  },
})
