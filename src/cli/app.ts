import { buildApplication, buildRouteMap, version } from '@stricli/core'
import type { Application, StricliIntegration } from '@stricli/core'
import { auditCommand } from './commands/audit/command.ts'
import { billCommand } from './commands/bill/command.ts'
import { casesRoutes } from './commands/cases/routes.ts'
import { completionRoutes } from './commands/completion/routes.ts'
import { doctorCommand } from './commands/doctor/command.ts'
import { sizeCommand } from './commands/size/command.ts'
import { recordCommand } from './commands/record/command.ts'
import { imageRoutes } from './commands/image/routes.ts'
import { fixCommand } from './commands/fix/command.ts'
import { labRoutes } from './commands/lab/routes.ts'
import { verifyCommand } from './commands/verify/command.ts'
import { pressureRoutes } from './commands/pressure/routes.ts'
import { runbookRoutes } from './commands/runbook/routes.ts'
import { sbomRoutes } from './commands/sbom/routes.ts'
import { scanRoutes } from './commands/scan/routes.ts'
import { scannerRoutes } from './commands/scanner/routes.ts'
import { serveCommand } from './commands/serve/command.ts'
import { simulateRoutes } from './commands/simulate/routes.ts'
import { topCommand } from './commands/top/command.ts'
import { watchCommand } from './commands/watch/command.ts'
import { whyCommand } from './commands/why/command.ts'
import { overviewCommand } from './commands/overview/command.ts'
import { targetsCommand } from './commands/targets/command.ts'
import type { CliContext } from './context.ts'
import { exitCodeOf, textFor } from './complaints.ts'
import { commandTree } from './commands/completion/command-tree.ts'
import { helpText } from './help.ts'
import { wordsAt } from './words-at.ts'
import { VERSION } from '../app/version.ts'

const ROOT = buildRouteMap({
  routes: {
    why: whyCommand,
    fix: fixCommand,
    verify: verifyCommand,
    bill: billCommand,
    top: topCommand,
    watch: watchCommand,
    serve: serveCommand,
    size: sizeCommand,
    record: recordCommand,
    audit: auditCommand,
    scan: scanRoutes,
    sbom: sbomRoutes,
    image: imageRoutes,
    scanner: scannerRoutes,
    doctor: doctorCommand,
    runbook: runbookRoutes,
    pressure: pressureRoutes,
    lab: labRoutes,
    simulate: simulateRoutes,
    cases: casesRoutes,
    completion: completionRoutes,
    overview: overviewCommand,
    targets: targetsCommand,
  },
  aliases: { diagnose: 'why' },
  docs: {
    brief: 'Find out why a container ran out of memory',
    hideRoute: { overview: true, targets: true },
    fullDescription: [
      'stella finds out why a container died of memory: who ended it, which limit was reached,',
      'where the memory went, and what to do about it.',
      '',
      'Examples:',
      '  stella                                     what to do next, by what this machine shows',
      '  stella why docker:web                      a container of this machine',
      '  stella fix docker:web                      what would help; --apply makes it, --undo takes it back',
      '  stella verify docker:web --for 10m         does it hold',
      '  stella audit .                             memory mistakes in manifests, before they kill',
      '  stella bill docker:web                     where its memory goes, item by item',
      '  stella watch                               sees kills as they happen, and warns before',
      '  stella top                                 all containers and groups, live',
      '  stella doctor                              what is wrong here, and what to do',
      '  stella why --from kernel.log --all         every kill of a recorded kernel log',
      '  stella why --from ./incident --json        evidence from elsewhere, for a script',
    ].join('\n'),
  },
})

/** Of a report where there is no terminal. */
const USUAL_WIDTH = 100

/**
 * The whole command line; building it loads no command's code.
 *
 * @param args what it will be given: complaints about it name what may have been meant
 * @param width columns that its help may take
 */
export function buildStella(
  env: Readonly<Record<string, string | undefined>>,
  args: readonly string[] = [],
  width = USUAL_WIDTH,
): Application<CliContext> {
  return buildApplication(
    ROOT,
    {
      name: 'stella',
      scanner: { caseStyle: 'allow-kebab-for-camel', allowArgumentEscapeSequence: true },
      documentation: { disableAnsiColor: true },
      localization: { text: textFor(env, wordsAt(ROOT, args)) },
      determineExitCode: exitCodeOf,
    },
    {
      help: helpWithin(width),
      version: version({ brief: 'Print the version and leave', info: { currentVersion: VERSION } }),
    },
  )
}

/** The library's own help names no values of options, and fills lines of any length. */
function helpWithin(width: number): StricliIntegration<CliContext> {
  return {
    flag: {
      brief: 'Print this help and leave',
      global: true,
      aliases: ['h'],
      defaultForRouteMap: true,
      run(_app, { result }) {
        const [, ...words] = result.prefix
        const node = commandTree(ROOT).find((each) => each.words.join(' ') === words.join(' '))
        if (node !== undefined) this.process.stdout.write(helpText(node, width))
      },
    },
  }
}
