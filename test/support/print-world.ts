/** Collects the target named on the command line and prints what came of it as JSON: for tests that need other rights. */
import { collect } from '../../src/investigate/collect.ts'
import { StellaError } from '../../src/model/errors.ts'
import { parseTarget } from '../../src/cli/target.ts'

try {
  const { world } = await collect(parseTarget(process.argv[2] ?? ''))
  const kinds = [...new Set(world.observations.map(({ fact }) => fact.kind))]
  console.log(JSON.stringify({ kinds, unknown: world.unknown }))
} catch (error) {
  if (!(error instanceof StellaError)) throw error
  console.log(JSON.stringify({ exitCode: error.exitCode, line: error.line }))
}
