import { shelf } from '../../../app/runbooks/shelf.ts'
import type { CommonFlags } from '../../common-flags.ts'
import type { CliContext } from '../../context.ts'
import { print } from '../scanner/print.ts'

/** `stella runbook list`. */
export function listRunbooks(this: CliContext, flags: CommonFlags): void {
  const runbooks = shelf().map(({ read }) => read.runbook)
  const width = Math.max(0, ...runbooks.map(({ id }) => id.length))
  print(this.io, flags, {
    document: {
      schema: 'stella.runbooks/1',
      runbooks: runbooks.map(({ id, title, about, params, steps }) => ({
        id,
        title,
        ...about,
        params: params.map(({ name }) => name),
        steps: steps.length,
      })),
    },
    lines: runbooks.map(({ id, title }) => `${id.padEnd(width)}  ${title}`),
    quiet: runbooks.map(({ id }) => id),
  })
}
