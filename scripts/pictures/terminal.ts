import { onTerminal } from '../../test/support/pty.ts'
import { must } from '../lib/exec.ts'
import { LAUNCHER, REPO } from '../lib/repo.ts'
import { terminalSvg } from './terminal-svg.ts'

const COLUMNS = 100
/** A real container of Podman: killed by the kernel, and the engine denies it. */
const EVIDENCE = 'fixtures/edge-cases/26-engine-denies-it'
const TITLE =
  'podman inspect says exit code 137 and OOMKilled false; stella why names the kernel as the killer, the limit that was reached, the cause, and the command that helps.'
const PROMPT = '\u001B[32m$\u001B[39m '
const CUT = '\u001B[2m…\u001B[22m'

/** What the engine says of a dead container, and what stella says, as a picture (SVG). */
export async function terminalOfAnAnswer(): Promise<string> {
  const asked = ['-oE', '"(OOMKilled|ExitCode)": [a-z0-9]+', `${EVIDENCE}/inspect.json`]
  const engine = await must('grep', asked, { cwd: REPO })
  const answer = await printed(['why', '--from', EVIDENCE])
  const lines = [
    `${PROMPT}grep -oE '${asked[1]}' ${asked[2]}`,
    ...engine.trimEnd().split('\n'),
    '',
    `${PROMPT}stella why --from ${EVIDENCE}`,
    ...upToTheFirstObservation(answer),
    CUT,
  ]
  return terminalSvg(lines, COLUMNS, TITLE)
}

/** What a command line prints on a terminal, with its colours. */
async function printed(args: readonly string[]): Promise<string[]> {
  const stella = ['env', 'TZ=UTC', process.execPath, LAUNCHER, ...args]
  const run = onTerminal(stella, { columns: COLUMNS, rows: 200 })
  await run.ended
  const lines = run.sent().split('\r\n')
  return lines.slice(
    lines.findIndex((line) => line.startsWith('pid=')) + 1,
    lines.findIndex((line) => line.startsWith('code=')),
  )
}

/** The answer, and one observation that it rests on. */
function upToTheFirstObservation(lines: readonly string[]): readonly string[] {
  const second = lines.findIndex((line) => line.includes('[e2]') && line.startsWith(' '))
  return lines.slice(0, second)
}
