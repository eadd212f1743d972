/** Collects the target named on the command line and prints what came of it as JSON: for tests that need other rights or another root. */
import { collect } from '../../src/investigate/collect.ts'
import { StellaError } from '../../src/model/errors.ts'
import { parseTarget } from '../../src/cli/target.ts'

const [target = '', since] = process.argv.slice(2)
try {
  const { world } = await collect(parseTarget(target), {
    since: since === undefined ? null : Number(since),
  })
  const seen = world.observations.map(({ source, at, fact }) => ({
    kind: fact.kind,
    source,
    at,
    path: 'oomMemcg' in fact ? fact.oomMemcg : null,
    killer: 'killer' in fact ? fact.killer : null,
  }))
  console.log(JSON.stringify({ seen, unknown: world.unknown }))
} catch (error) {
  if (!(error instanceof StellaError)) throw error
  console.log(JSON.stringify({ exitCode: error.exitCode, line: error.line }))
}
