import { buildRouteMap } from '@stricli/core'
import { lintCommand } from './routes/lint.ts'
import { listCommand } from './routes/list.ts'
import { preventionCommand } from './routes/prevention.ts'
import { reportCommand } from './routes/report.ts'
import { resumeCommand } from './routes/resume.ts'
import { runCommand } from './routes/run.ts'
import { runsCommand } from './routes/runs.ts'
import { showCommand } from './routes/show.ts'
import { testCommand } from './routes/test.ts'

export const runbookRoutes = buildRouteMap({
  routes: {
    list: listCommand,
    show: showCommand,
    lint: lintCommand,
    test: testCommand,
    run: runCommand,
    resume: resumeCommand,
    report: reportCommand,
    runs: runsCommand,
    prevention: preventionCommand,
  },
  docs: {
    brief: 'Runbooks: documents that read well, and can be run',
    fullDescription: [
      'A runbook is a Markdown document whose commands stella knows by what they do.',
      '',
      'Examples:',
      '  stella runbook list',
      '  stella runbook run scanner-oom --dry-run',
      '  stella runbook runs',
    ].join('\n'),
  },
})
